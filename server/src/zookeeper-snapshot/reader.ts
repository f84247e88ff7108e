import { type Acl, type AclList, copyRange, decodeUtf8, isValidPath, Reader } from '@rookery/protocol';
import { MAX_FRAME_BYTES } from '../bounds/limits.ts';
import { ADLER32_OF_NOTHING, adler32 } from '../codec/adler32.ts';
import { PieceBuffer } from '../codec/piece-buffer.ts';
import {
  COUNT_BYTES,
  DIGEST_BYTES,
  DIGEST_VERSION,
  END_MARK,
  emptyNode,
  HEADER_BYTES,
  MAGIC,
  SEAL_BYTES,
  SESSION_BYTES,
  type SnapshotDigest,
  type SnapshotNode,
  STAT_BYTES,
  VERSION,
  ZXID_BYTES,
} from './format.ts';

/** What may be wrong with what is to be a snapshot of ZooKeeper's. */
export const ZookeeperSnapshotFault = {
  /** It does not begin as one. */
  noSnapshot: 'no-snapshot',
  /** Of another version than this one, which ZooKeeper 3.9 writes. */
  unknownVersion: 'unknown-version',
  /** Something that cannot be. */
  malformed: 'malformed',
  wrongChecksum: 'wrong-checksum',
  /** It ends too early. */
  incomplete: 'incomplete',
  /** It goes on behind its end. */
  overlong: 'overlong',
} as const;
export type ZookeeperSnapshotFault = (typeof ZookeeperSnapshotFault)[keyof typeof ZookeeperSnapshotFault];

/** How much of a snapshot there is. */
export const SnapshotForm = {
  /** As ZooKeeper 3.9 writes it. */
  whole: 'whole',
  /** A file of any release: those before 3.6 write no digest, those before 3.9 no zxid behind it, and each can be switched off. */
  file: 'file',
  /** As a leader sends it to a learner: it begins with the sessions, and what is behind the nodes is no part of it. */
  sent: 'sent',
} as const;
export type SnapshotForm = (typeof SnapshotForm)[keyof typeof SnapshotForm];

/** What stands behind the nodes. */
export interface SnapshotEnd {
  /** Of the last write that is in it for certain; undefined: not told. */
  readonly zxid: number | undefined;
  /** undefined: not told, or of a version that is not known here. */
  readonly digest: SnapshotDigest | undefined;
}

/** Who is told what a snapshot holds, in its order. */
export interface ZookeeperSnapshotSink {
  /** The halves of its id, of 64 bits. */
  session(idHigh: number, idLow: number, timeoutMs: number): void;
  accessList(id: number, list: AclList): void;
  /** Valid until it returns. The root comes first, as the empty path. */
  node(node: SnapshotNode): void;
}

type Step =
  | 'header'
  | 'sessions'
  | 'session'
  | 'lists'
  | 'list'
  | 'entry'
  | 'node'
  | 'digest'
  | 'zxid'
  | 'end';
type Sealed = 'digest' | 'zxid' | 'end';

const FIRST_BUFFER_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;

/**
 * Reads a snapshot of ZooKeeper's in pieces, cut anywhere. Whatever the bytes are, the answer is a fault's code, never an exception; no more is held
 * than one node of it.
 */
export class ZookeeperSnapshotReader {
  readonly #sink: ZookeeperSnapshotSink;
  readonly #form: SnapshotForm;
  readonly #reader = new Reader();
  readonly #node = emptyNode();
  readonly #buffer = new PieceBuffer(FIRST_BUFFER_BYTES);
  #step: Step;
  /** What is behind the seal that comes next; undefined: none does. */
  #behindSeal: Sealed | undefined;
  /** Sessions, lists, or entries of a list that are still to come. */
  #left = 0;
  #listsLeft = 0;
  #listId = 0;
  #list: Acl[] = [];
  #hasRoot = false;
  #checksum = ADLER32_OF_NOTHING;
  #digestZxid = 0;
  #digest: SnapshotDigest | undefined;
  #zxid: number | undefined;
  #fault: ZookeeperSnapshotFault | undefined;

  constructor(sink: ZookeeperSnapshotSink, form: SnapshotForm = SnapshotForm.whole) {
    this.#sink = sink;
    this.#form = form;
    this.#step = form === SnapshotForm.sent ? 'sessions' : 'header';
  }

  /** All of it was taken; of a file more may come. */
  get hasEnded(): boolean {
    if (this.#behindSeal !== undefined) return false;
    if (this.#step === 'end') return true;
    return this.#form === SnapshotForm.file && (this.#step === 'digest' || this.#step === 'zxid');
  }

  /** What came behind the end of one that was sent. */
  takeRest(): Uint8Array {
    const { bytes, at, end } = this.#buffer;
    this.#buffer.at = end;
    return copyRange(bytes, at, end);
  }

  /** Takes the next piece. The first fault found stays the answer. */
  feed(piece: Uint8Array): ZookeeperSnapshotFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    this.#buffer.append(piece);
    while (this.#fault === undefined && this.#takeOne());
    return this.#fault;
  }

  /** All pieces were fed: up to where it goes, or what is wrong. */
  finish(): SnapshotEnd | { readonly fault: ZookeeperSnapshotFault } {
    if (
      this.#form === SnapshotForm.file &&
      this.#step === 'digest' &&
      this.#buffer.length === ZXID_BYTES + SEAL_BYTES
    ) {
      this.#step = 'zxid';
      while (this.#fault === undefined && this.#takeOne());
    }
    const isCut = this.#form !== SnapshotForm.sent && this.#step !== 'end' && this.#buffer.length > 0;
    if (this.#fault === undefined && (isCut || !this.hasEnded))
      this.#fault = ZookeeperSnapshotFault.incomplete;
    return this.#fault === undefined ? { zxid: this.#zxid, digest: this.#digest } : { fault: this.#fault };
  }

  /** Whether something was taken; false: more has to come. */
  #takeOne(): boolean {
    if (this.#behindSeal !== undefined) return this.#takeSeal(this.#behindSeal);
    switch (this.#step) {
      case 'header':
        return this.#takeHeader();
      case 'sessions':
        return this.#takeSessionCount();
      case 'session':
        return this.#takeSession();
      case 'lists':
        return this.#takeListCount();
      case 'list':
        return this.#takeList();
      case 'entry':
        return this.#takeEntry();
      case 'node':
        return this.#takeNode();
      case 'digest':
        return this.#takeDigest();
      case 'zxid':
        return this.#takeZxid();
      case 'end':
        // What follows one that was sent is for its reader.
        if (this.#form === SnapshotForm.sent) return false;
        return this.#buffer.length > 0 && this.#fail(ZookeeperSnapshotFault.overlong);
    }
  }

  #takeHeader(): boolean {
    if (!this.#has(LENGTH_BYTES)) return false;
    // Of what is none at all the first bytes say so.
    if (this.#intAt(0) !== MAGIC) return this.#fail(ZookeeperSnapshotFault.noSnapshot);
    if (!this.#has(HEADER_BYTES)) return false;
    if (this.#intAt(LENGTH_BYTES) !== VERSION) return this.#fail(ZookeeperSnapshotFault.unknownVersion);
    this.#skip(HEADER_BYTES);
    return this.#go('sessions');
  }

  #takeSessionCount(): boolean {
    if (!this.#has(COUNT_BYTES)) return false;
    this.#left = this.#intAt(0);
    this.#skip(COUNT_BYTES);
    return this.#left < 0 ? this.#fail(ZookeeperSnapshotFault.malformed) : this.#go('session');
  }

  #takeSession(): boolean {
    if (this.#left === 0) return this.#go('lists');
    if (!this.#has(SESSION_BYTES)) return false;
    const timeoutMs = this.#intAt(8);
    if (timeoutMs < 0) return this.#fail(ZookeeperSnapshotFault.malformed);
    this.#sink.session(this.#intAt(0), this.#intAt(4), timeoutMs);
    this.#left--;
    return this.#skip(SESSION_BYTES);
  }

  #takeListCount(): boolean {
    if (!this.#has(COUNT_BYTES)) return false;
    this.#listsLeft = this.#intAt(0);
    this.#skip(COUNT_BYTES);
    return this.#listsLeft < 0 ? this.#fail(ZookeeperSnapshotFault.malformed) : this.#go('list');
  }

  #takeList(): boolean {
    if (this.#listsLeft === 0) return this.#go('node');
    if (!this.#has(8 + COUNT_BYTES)) return false;
    this.#listId = this.#behind(0).readLong();
    this.#left = this.#intAt(8);
    this.#list = [];
    this.#skip(8 + COUNT_BYTES);
    return this.#left < 0 ? this.#fail(ZookeeperSnapshotFault.malformed) : this.#go('entry');
  }

  #takeEntry(): boolean {
    if (this.#left === 0) {
      this.#sink.accessList(this.#listId, this.#list);
      this.#listsLeft--;
      return this.#go('list');
    }
    const schemeAt = LENGTH_BYTES;
    const scheme = this.#lengthAt(schemeAt, 0);
    if (scheme === undefined) return false;
    const idAt = schemeAt + LENGTH_BYTES + scheme;
    const id = this.#lengthAt(idAt, 0);
    if (id === undefined) return false;
    const end = idAt + LENGTH_BYTES + id;
    if (!this.#has(end)) return false;
    const { bytes, at } = this.#buffer;
    const text = (from: number, length: number): string => decodeUtf8(bytes, at + from, at + from + length);
    this.#list.push({
      perms: this.#intAt(0),
      scheme: text(schemeAt + LENGTH_BYTES, scheme),
      id: text(idAt + LENGTH_BYTES, id),
    });
    this.#left--;
    return this.#skip(end);
  }

  #takeNode(): boolean {
    const pathLength = this.#lengthAt(0, 0);
    if (pathLength === undefined) return false;
    const pathEnd = LENGTH_BYTES + pathLength;
    if (!this.#has(pathEnd)) return false;
    const { bytes } = this.#buffer;
    const path = this.#buffer.at + LENGTH_BYTES;
    if (pathLength === END_MARK.length && bytes[path] === END_MARK[0]) {
      this.#skip(pathEnd);
      if (!this.#hasRoot) return this.#fail(ZookeeperSnapshotFault.malformed);
      return this.#form === SnapshotForm.sent ? this.#go('end') : this.#seal('digest');
    }
    const dataLength = this.#lengthAt(pathEnd, -1);
    if (dataLength === undefined) return false;
    const rest = pathEnd + LENGTH_BYTES + Math.max(dataLength, 0);
    const end = rest + 8 + STAT_BYTES;
    if (!this.#has(end)) return false;
    // The root comes first and once; everything else has a path of its own.
    const isRoot = pathLength === 0;
    if (isRoot === this.#hasRoot) return this.#fail(ZookeeperSnapshotFault.malformed);
    if (!isRoot && !isValidPath(bytes, path, path + pathLength))
      return this.#fail(ZookeeperSnapshotFault.malformed);
    this.#hasRoot = true;
    this.#tellNode(path, pathLength, dataLength, rest);
    return this.#skip(end);
  }

  #tellNode(path: number, pathLength: number, dataLength: number, rest: number): void {
    const node = this.#node;
    const reader = this.#behind(rest);
    node.bytes = node.dataBytes = reader.bytes;
    node.pathStart = path;
    node.pathEnd = path + pathLength;
    node.dataStart = dataLength < 0 ? -1 : node.pathEnd + LENGTH_BYTES;
    node.dataEnd = node.dataStart + Math.max(dataLength, 0);
    node.acl = reader.readLong();
    node.czxid = reader.readLong();
    node.mzxid = reader.readLong();
    node.ctime = reader.readLong();
    node.mtime = reader.readLong();
    node.version = reader.readInt();
    node.cversion = reader.readInt();
    node.aversion = reader.readInt();
    node.ownerHigh = reader.readInt();
    node.ownerLow = reader.readInt();
    node.pzxid = reader.readLong();
    this.#sink.node(node);
  }

  #takeDigest(): boolean {
    // Where digests are switched off there is a zxid in its place: less than a digest with its seal, and the end of the file.
    if (!this.#has(this.#form === SnapshotForm.file ? DIGEST_BYTES + SEAL_BYTES : DIGEST_BYTES)) return false;
    const zxid = this.#behind(0).readLong();
    this.#digestZxid = zxid;
    if (this.#intAt(8) !== DIGEST_VERSION) return this.#fail(ZookeeperSnapshotFault.unknownVersion);
    if (zxid > 0) this.#digest = { zxid, high: this.#intAt(12), low: this.#intAt(16) };
    this.#skip(DIGEST_BYTES);
    return this.#seal('zxid');
  }

  #takeZxid(): boolean {
    if (!this.#has(ZXID_BYTES)) return false;
    const zxid = this.#behind(0).readLong();
    this.#zxid = zxid;
    this.#skip(ZXID_BYTES);
    // The digest is of that state, or there is none (0).
    const isOne = zxid >= this.#digestZxid && zxid >= 0;
    return isOne ? this.#seal('end') : this.#fail(ZookeeperSnapshotFault.malformed);
  }

  #takeSeal(next: Sealed): boolean {
    if (!this.#has(SEAL_BYTES)) return false;
    if (this.#intAt(0) !== 0 || this.#intAt(4) >>> 0 !== this.#checksum)
      return this.#fail(ZookeeperSnapshotFault.wrongChecksum);
    if (this.#intAt(8) !== END_MARK.length || this.#behind(12).readByte() !== END_MARK[0])
      return this.#fail(ZookeeperSnapshotFault.malformed);
    this.#skip(SEAL_BYTES);
    this.#behindSeal = undefined;
    return this.#go(next);
  }

  #seal(next: Sealed): boolean {
    this.#behindSeal = next;
    return true;
  }

  #go(step: Step): boolean {
    this.#step = step;
    return true;
  }

  #fail(fault: ZookeeperSnapshotFault): boolean {
    this.#fault ??= fault;
    return true;
  }

  #has(count: number): boolean {
    return this.#buffer.length >= count;
  }

  #behind(offset: number): Reader {
    const { bytes, at, end } = this.#buffer;
    return this.#reader.reset(bytes, at + offset, end);
  }

  #intAt(offset: number): number {
    return this.#behind(offset).readInt();
  }

  /** The length that stands at `offset`; undefined where it has not come yet, or there can be none, which is a fault. */
  #lengthAt(offset: number, least: number): number | undefined {
    if (!this.#has(offset + LENGTH_BYTES)) return undefined;
    const length = this.#intAt(offset);
    if (length >= least && length <= MAX_FRAME_BYTES) return length;
    this.#fail(ZookeeperSnapshotFault.malformed);
    return undefined;
  }

  /** What was taken is in the checksum of the seal behind it. */
  #skip(count: number): boolean {
    const { bytes, at } = this.#buffer;
    this.#checksum = adler32(bytes, at, at + count, this.#checksum);
    this.#buffer.at = at + count;
    return true;
  }
}
