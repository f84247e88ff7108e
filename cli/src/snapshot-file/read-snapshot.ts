import { type ByteSource, SnapshotFault } from './byte-source.ts';

/** Who is told what a snapshot holds, in its order. */
export interface SnapshotSink {
  session(id: bigint, timeoutMs: number): void;
  /** The root comes first, as /. */
  node(path: string, dataBytes: number, owner: bigint): void;
}

/** What stands behind the nodes. */
export interface SnapshotEnd {
  /** Of the last write that it holds; undefined: it does not say, for ZooKeeper before 3.9 wrote it. */
  readonly lastZxid: bigint | undefined;
  readonly bytes: number;
}

const MAGIC = 'ZKSN';
const VERSION = 2;
/** Of a node behind its data: its access list, and a stat in which the owner has its place. */
const STAT_BYTES = 60;
const OWNER_AT = 44;
const DIGEST_BYTES = 20;
const ZXID_BYTES = 8;
/** A checksum, and a string of one byte. */
const SEAL_BYTES = 13;
/** The root's parent has no name: a node called so ends the nodes. */
const END = '/';

/**
 * Reads a snapshot in ZooKeeper's format, which both systems give: sessions, access lists, nodes, and behind them a digest of the tree and the last
 * zxid where the version that wrote it knows them; each part sealed by the checksum of all before it. Rejects with SnapshotFault where it is not one, or
 * not whole.
 */
export async function readSnapshot(source: ByteSource, sink: SnapshotSink): Promise<SnapshotEnd> {
  await source.need(16);
  const head = source.take(16);
  if (head.toString('latin1', 0, 4) !== MAGIC)
    throw new SnapshotFault(
      "it is no snapshot of ZooKeeper's format (or a compressed one: decompress it first)",
    );
  const version = head.readInt32BE(4);
  if (version !== VERSION)
    throw new SnapshotFault(`it is of version ${version}, and ${VERSION} is known here`);
  await sessions(source, sink);
  await accessLists(source);
  await nodes(source, sink);
  await seal(source);
  return { ...(await tail(source)), bytes: source.taken };
}

async function sessions(source: ByteSource, sink: SnapshotSink): Promise<void> {
  for (let left = await count(source); left > 0; left--) {
    await source.need(12);
    const bytes = source.take(12);
    sink.session(bytes.readBigUInt64BE(0), bytes.readInt32BE(8));
  }
}

async function accessLists(source: ByteSource): Promise<void> {
  for (let left = await count(source); left > 0; left--) {
    await source.need(8);
    source.take(8);
    for (let entries = await count(source); entries > 0; entries--) {
      await source.need(4);
      source.take(4);
      await skip(source);
      await skip(source);
    }
  }
}

async function nodes(source: ByteSource, sink: SnapshotSink): Promise<void> {
  for (;;) {
    const length = await count(source);
    const forPath = source.need(length);
    if (forPath !== undefined) await forPath;
    const path = source.take(length).toString();
    if (path === END) return;
    if (path !== '' && !path.startsWith('/'))
      throw new SnapshotFault(`it is damaged: "${path.slice(0, 80)}" is no path, at byte ${source.taken}`);
    const bytes = await skip(source);
    const forStat = source.need(8 + STAT_BYTES);
    if (forStat !== undefined) await forStat;
    const stat = source.take(8 + STAT_BYTES);
    sink.node(path === '' ? '/' : path, bytes, stat.readBigUInt64BE(8 + OWNER_AT));
  }
}

/** A number of things that follow; −1 stands for none. */
async function count(source: ByteSource): Promise<number> {
  const wait = source.need(4);
  if (wait !== undefined) await wait;
  const number = source.take(4).readInt32BE(0);
  if (number < -1) throw new SnapshotFault(`it is damaged: ${number} things at byte ${source.taken}`);
  return Math.max(0, number);
}

/** @returns the length of what was left out */
async function skip(source: ByteSource): Promise<number> {
  const length = await count(source);
  const wait = source.need(length);
  if (wait !== undefined) await wait;
  source.take(length);
  return length;
}

async function seal(source: ByteSource): Promise<void> {
  const { checksum, taken } = source;
  await source.need(SEAL_BYTES);
  const said = source.take(SEAL_BYTES).readBigUInt64BE(0);
  if (said !== BigInt(checksum))
    throw new SnapshotFault(`it is damaged: the checksum of its first ${taken} bytes is another one`);
}

/** Which parts there are shows by how long they are together. */
async function tail(source: ByteSource): Promise<Pick<SnapshotEnd, 'lastZxid'>> {
  const digest = DIGEST_BYTES + SEAL_BYTES;
  const zxid = ZXID_BYTES + SEAL_BYTES;
  const left = await source.rest(digest + zxid);
  if (left > digest + zxid) throw new SnapshotFault(`it goes on behind its end, at byte ${source.taken}`);
  if (![0, digest, zxid, digest + zxid].includes(left))
    throw new SnapshotFault(`it is not whole: it ends after ${source.taken + left} bytes`);
  if (left >= digest) {
    source.take(DIGEST_BYTES);
    await seal(source);
  }
  if (left !== zxid && left !== digest + zxid) return { lastZxid: undefined };
  const lastZxid = source.take(ZXID_BYTES).readBigUInt64BE(0);
  await seal(source);
  return { lastZxid };
}
