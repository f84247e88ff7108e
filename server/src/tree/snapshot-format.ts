import { isValidPath, type Reader, type Slot, type Writer } from '@rookery/protocol';
import { hashBytes } from '../codec/hash.ts';
import { NO_BYTES_REF } from './byte-store.ts';
import { Int, type NodeTable, Real } from './node-table.ts';

/**
 * A snapshot is a stream of records, big-endian, jute's primitive types:
 *
 *   record   int length of what follows, byte type, body
 *   header   int magic, int version, long zxid, long nodes, int acls, int sessions,
 *            int tree digest high, low, int sessions digest high, low, buffer extra,
 *            int hash of the header's body so far                                         (first)
 *   acl      int id, int count, (int perms, string scheme, string id)*                   (before the nodes)
 *   session  long id, int timeoutMs, long attachIndex, and where it has any its identities:
 *            int count, (string scheme, string id)*
 *   node     string path, buffer data, int acl id, int version, int aversion, int creations,
 *            long czxid, mzxid, pzxid, ctime, mtime, owner                                (in any order)
 *   end      empty                                                                        (last)
 */
export const SNAPSHOT_MAGIC = 0x524b534e;
export const SNAPSHOT_VERSION = 1;

export const RecordType = {
  header: 1,
  acl: 2,
  session: 3,
  node: 4,
  end: 5,
} as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

export const RECORD_PREFIX_BYTES = 4;
/** A record's body begins behind its length and type. */
const BODY_OFFSET = RECORD_PREFIX_BYTES + 1;
const HEADER_HASH_SEED = 0x68656164;

/** Everything of a snapshot but its ACLs, sessions and nodes. */
export interface SnapshotHeader {
  readonly zxid: number;
  readonly nodes: number;
  readonly acls: number;
  readonly sessions: number;
  readonly digestHigh: number;
  readonly digestLow: number;
  readonly sessionsDigestHigh: number;
  readonly sessionsDigestLow: number;
  /** What the replica keeps beside tree and sessions; opaque here. */
  readonly extra: Uint8Array;
}

/** Begins a record; give the result to `Writer.endFrame`. */
export function beginRecord(writer: Writer, type: RecordType): number {
  const frame = writer.beginFrame();
  writer.writeByte(type);
  return frame;
}

export function writeHeader(writer: Writer, header: SnapshotHeader): void {
  const frame = beginRecord(writer, RecordType.header);
  writer.writeInt(SNAPSHOT_MAGIC);
  writer.writeInt(SNAPSHOT_VERSION);
  writer.writeLong(header.zxid);
  writer.writeLong(header.nodes);
  writer.writeInt(header.acls);
  writer.writeInt(header.sessions);
  writer.writeInt(header.digestHigh);
  writer.writeInt(header.digestLow);
  writer.writeInt(header.sessionsDigestHigh);
  writer.writeInt(header.sessionsDigestLow);
  writer.writeBuffer(header.extra);
  writer.writeInt(hashBytes(writer.bytes, frame + BODY_OFFSET, writer.length, HEADER_HASH_SEED));
  writer.endFrame(frame);
}

/** undefined where magic or version are not ours, bytes are missing, or anything was changed. */
export function readHeader(reader: Reader): SnapshotHeader | undefined {
  const start = reader.position;
  if (reader.readInt() !== SNAPSHOT_MAGIC || reader.readInt() !== SNAPSHOT_VERSION) return undefined;
  const header = {
    zxid: reader.readLong(),
    nodes: reader.readLong(),
    acls: reader.readInt(),
    sessions: reader.readInt(),
    digestHigh: reader.readInt(),
    digestLow: reader.readInt(),
    sessionsDigestHigh: reader.readInt(),
    sessionsDigestLow: reader.readInt(),
    extra: reader.readBuffer() ?? new Uint8Array(0),
  };
  const hash = hashBytes(reader.bytes, start, reader.position, HEADER_HASH_SEED);
  return reader.readInt() !== hash || reader.failed ? undefined : header;
}

export function writeNode(writer: Writer, nodes: NodeTable, slot: Slot): void {
  const frame = beginRecord(writer, RecordType.node);
  const pathLength = nodes.int(slot, Int.pathLength);
  writer.writeInt(pathLength);
  writer.reserve(pathLength);
  nodes.copyPath(slot, writer.bytes, writer.length);
  writer.length += pathLength;
  const dataLength = nodes.int(slot, Int.dataLength);
  writer.writeInt(dataLength);
  if (nodes.int(slot, Int.dataRef) !== NO_BYTES_REF) {
    writer.reserve(dataLength);
    nodes.copyData(slot, writer.bytes, writer.length);
    writer.length += dataLength;
  }
  writer.writeInt(nodes.int(slot, Int.acl));
  writer.writeInt(nodes.int(slot, Int.version));
  writer.writeInt(nodes.int(slot, Int.aversion));
  writer.writeInt(nodes.int(slot, Int.creations));
  writer.writeLong(nodes.real(slot, Real.czxid));
  writer.writeLong(nodes.real(slot, Real.mzxid));
  writer.writeLong(nodes.real(slot, Real.pzxid));
  writer.writeLong(nodes.real(slot, Real.ctime));
  writer.writeLong(nodes.real(slot, Real.mtime));
  writer.writeLong(nodes.real(slot, Real.owner));
  writer.endFrame(frame);
}

/** A node's record as ranges of the reader's bytes and numbers; one object is filled again and again. */
export interface NodeRecord {
  pathStart: number;
  pathEnd: number;
  dataStart: number;
  dataEnd: number;
  acl: number;
  version: number;
  aversion: number;
  creations: number;
  czxid: number;
  mzxid: number;
  pzxid: number;
  ctime: number;
  mtime: number;
  owner: number;
}

export function emptyNodeRecord(): NodeRecord {
  return {
    pathStart: 0,
    pathEnd: 0,
    dataStart: 0,
    dataEnd: 0,
    acl: 0,
    version: 0,
    aversion: 0,
    creations: 0,
    czxid: 0,
    mzxid: 0,
    pzxid: 0,
    ctime: 0,
    mtime: 0,
    owner: 0,
  };
}

/** False where the record is cut short or its path is none. */
export function readNode(reader: Reader, node: NodeRecord): boolean {
  reader.readRange();
  node.pathStart = reader.rangeStart;
  node.pathEnd = reader.rangeEnd;
  reader.readRange();
  node.dataStart = reader.rangeStart;
  node.dataEnd = reader.rangeEnd;
  node.acl = reader.readInt();
  node.version = reader.readInt();
  node.aversion = reader.readInt();
  node.creations = reader.readInt();
  node.czxid = reader.readLong();
  node.mzxid = reader.readLong();
  node.pzxid = reader.readLong();
  node.ctime = reader.readLong();
  node.mtime = reader.readLong();
  node.owner = reader.readLong();
  return !reader.failed && isValidPath(reader.bytes, node.pathStart, node.pathEnd);
}
