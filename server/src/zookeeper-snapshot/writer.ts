import { type AclList, Writer, writeAclList } from '@rookery/protocol';
import { ADLER32_OF_NOTHING, adler32 } from '../codec/adler32.ts';
import { type DatabaseId, DIGEST_VERSION, END_MARK, MAGIC, type SnapshotNode, VERSION } from './format.ts';
import { ZookeeperTreeDigest } from './tree-digest.ts';

const FIRST_BUFFER_BYTES = 64 * 1024;

/**
 * Writes a snapshot in ZooKeeper's format, in pieces: whatever has been written may be taken at any time. In this order:
 * `sessions`, a `session` for each of them, `accessLists`, an `accessList` for each, a `node` for each, parents first, and `end`.
 */
export class ZookeeperSnapshotWriter {
  readonly #out = new Writer(FIRST_BUFFER_BYTES);
  readonly #digest = new ZookeeperTreeDigest();
  #checksum = ADLER32_OF_NOTHING;
  /** How much of `#out` is in the checksum. */
  #summed = 0;

  /** Written and not taken yet. */
  get length(): number {
    return this.#out.length;
  }

  sessions(count: number, { high, low }: DatabaseId): void {
    const out = this.#out;
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(high);
    out.writeInt(low);
    out.writeInt(count);
  }

  /** The halves of its id, of 64 bits. */
  session(idHigh: number, idLow: number, timeoutMs: number): void {
    this.#out.writeInt(idHigh);
    this.#out.writeInt(idLow);
    this.#out.writeInt(timeoutMs);
  }

  accessLists(count: number): void {
    this.#out.writeInt(count);
  }

  /** @param id above 0: ZooKeeper has other uses for the rest */
  accessList(id: number, list: AclList): void {
    this.#out.writeLong(id);
    writeAclList(this.#out, list);
  }

  node(node: SnapshotNode): void {
    const out = this.#out;
    out.writeRange(node.bytes, node.pathStart, node.pathEnd);
    out.writeRange(node.dataBytes, node.dataStart, node.dataEnd);
    out.writeLong(node.acl);
    out.writeLong(node.czxid);
    out.writeLong(node.mzxid);
    out.writeLong(node.ctime);
    out.writeLong(node.mtime);
    out.writeInt(node.version);
    out.writeInt(node.cversion);
    out.writeInt(node.aversion);
    out.writeInt(node.ownerHigh);
    out.writeInt(node.ownerLow);
    out.writeLong(node.pzxid);
    this.#digest.add(node);
  }

  /** @param zxid of the last write that it holds */
  end(zxid: number): void {
    const out = this.#out;
    out.writeBuffer(END_MARK);
    this.#seal();
    out.writeLong(zxid);
    out.writeInt(DIGEST_VERSION);
    out.writeInt(this.#digest.high);
    out.writeInt(this.#digest.low);
    this.#seal();
    out.writeLong(zxid);
    this.#seal();
  }

  /** What was written since it was taken last, as memory of the caller's own. */
  take(): Uint8Array {
    this.#sum();
    this.#summed = 0;
    const piece = this.#out.copy();
    this.#out.clear();
    return piece;
  }

  #sum(): void {
    this.#checksum = adler32(this.#out.bytes, this.#summed, this.#out.length, this.#checksum);
    this.#summed = this.#out.length;
  }

  #seal(): void {
    this.#sum();
    this.#out.writeLong(this.#checksum);
    this.#out.writeBuffer(END_MARK);
  }
}
