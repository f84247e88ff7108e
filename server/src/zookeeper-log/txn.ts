import { type AclList, isValidPath, OPEN_ACL, type Reader, readAclList } from '@rookery/protocol';

/**
 * A transaction as Apache ZooKeeper logs it, and as its leader sends it to learners, in jute, big-endian:
 *
 *   TxnHeader   long session, int cxid, long zxid, long timeMs, int type
 *   a record of that type
 *   TxnDigest   int version, long digest          of the tree once it is applied; missing where digests are off
 *
 *   1, 15  create, create2      string path, buffer data, list, bool ephemeral, int parentCversion (missing: of a release before 3.4)
 *   19     createContainer      string path, buffer data, list, int parentCversion
 *   21     createTtl            string path, buffer data, list, int parentCversion, long ttlMs
 *   2, 20  delete               string path
 *   5, 16  setData, reconfig    string path, buffer data, int version       reconfig's path is that of /zookeeper/config
 *   7      setAcl               string path, list, int version
 *   13     check                string path, int version
 *   14     multi                int count, (int type, buffer record)*       one of type −1: none of it took place
 *   −1     error                int code                                    took a zxid and changed nothing
 *   −10    createSession        int timeoutMs
 *   −11    closeSession         string paths*                               missing: of a release before 3.6, or where it is switched off
 *
 * Versions are those that come of it, not those that were asked for; `parentCversion` is how often a child was created below the parent, this one counted.
 */
export const TxnType = {
  create: 1,
  delete: 2,
  setData: 5,
  setAcl: 7,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  createContainer: 19,
  deleteContainer: 20,
  createTtl: 21,
  error: -1,
  createSession: -10,
  closeSession: -11,
} as const;

export interface TxnHeader {
  /** The session that asked for it, as the halves of its 64 bits. */
  readonly sessionHigh: number;
  readonly sessionLow: number;
  readonly cxid: number;
  readonly zxid: number;
  readonly timeMs: number;
  readonly type: number;
}

/** What is known of the tree behind a transaction, or behind a snapshot. Halves of 64 bits. */
export interface TxnDigest {
  readonly version: number;
  readonly high: number;
  readonly low: number;
}

/** A path or data: a range of the bytes that the transaction was read from. */
export interface Range {
  readonly start: number;
  /** Of data that are null, `start` is −1. */
  readonly end: number;
}

/** Whose life a new node's depends on. */
export type Lifetime = 'persistent' | 'ephemeral' | 'container' | { readonly ttlMs: number };

export type SingleTxn =
  | {
      readonly op: 'create';
      readonly path: Range;
      readonly data: Range;
      readonly acl: AclList;
      readonly lifetime: Lifetime;
      /** −1: not told. */
      readonly parentCversion: number;
    }
  | { readonly op: 'delete'; readonly path: Range }
  | { readonly op: 'setData'; readonly path: Range; readonly data: Range; readonly version: number }
  | { readonly op: 'setAcl'; readonly path: Range; readonly acl: AclList; readonly version: number }
  | { readonly op: 'check' }
  | { readonly op: 'error'; readonly code: number };

export type Txn =
  | SingleTxn
  /** Without any: it failed. */
  | { readonly op: 'multi'; readonly txns: readonly SingleTxn[] }
  /** The ensemble's membership, as the text of /zookeeper/config. */
  | { readonly op: 'reconfig'; readonly data: Range }
  | { readonly op: 'createSession'; readonly timeoutMs: number }
  /** With the paths of the ephemeral nodes that go with it, where they are told. */
  | { readonly op: 'closeSession'; readonly paths: readonly Range[] };

export interface LoggedTxn {
  readonly header: TxnHeader;
  readonly txn: Txn;
  /** undefined: not told. */
  readonly digest: TxnDigest | undefined;
  /** That the ranges are of. */
  readonly bytes: Uint8Array;
}

const DIGEST_BYTES = 12;
const MIN_TXN_BYTES = 8;
const NO_PATHS: readonly Range[] = [];

/** Reads the transaction that `reader`'s range is, all of it; undefined where it is none. Never throws. */
export function readLoggedTxn(reader: Reader): LoggedTxn | undefined {
  const { bytes } = reader;
  const header = readHeader(reader);
  if (reader.failed || !isPossible(header.zxid) || !isPossible(header.timeMs)) return undefined;
  const txn = header.type === TxnType.closeSession ? readCloseSession(reader) : readTxn(reader, header.type);
  if (txn === undefined || reader.failed) return undefined;
  const digest = reader.remaining === 0 ? undefined : readDigest(reader);
  return reader.failed || reader.remaining > 0 ? undefined : { header, txn, digest, bytes };
}

function readHeader(reader: Reader): TxnHeader {
  const sessionHigh = reader.readInt();
  const sessionLow = reader.readInt();
  const cxid = reader.readInt();
  const zxid = reader.readLong();
  const timeMs = reader.readLong();
  const type = reader.readInt();
  return { sessionHigh, sessionLow, cxid, zxid, timeMs, type };
}

function readDigest(reader: Reader): TxnDigest {
  const version = reader.readInt();
  const high = reader.readInt();
  const low = reader.readInt();
  return { version, high, low };
}

function readTxn(reader: Reader, type: number): Txn | undefined {
  switch (type) {
    case TxnType.multi:
      return readMulti(reader);
    case TxnType.reconfig: {
      reader.readRange();
      const data = rangeOf(reader);
      reader.readInt();
      return { op: 'reconfig', data };
    }
    case TxnType.createSession:
      return { op: 'createSession', timeoutMs: reader.readInt() };
    default:
      return readSingle(reader, type);
  }
}

function readSingle(reader: Reader, type: number): SingleTxn | undefined {
  switch (type) {
    case TxnType.create:
    case TxnType.create2:
    case TxnType.createContainer:
    case TxnType.createTtl:
      return readCreate(reader, type);
    case TxnType.delete:
    case TxnType.deleteContainer: {
      const path = pathOf(reader);
      return path && { op: 'delete', path };
    }
    case TxnType.setData: {
      const path = pathOf(reader);
      const data = rangeOf(reader);
      const version = reader.readInt();
      return path && { op: 'setData', path, data, version };
    }
    case TxnType.setAcl: {
      const path = pathOf(reader);
      const acl = readAclList(reader) ?? OPEN_ACL;
      const version = reader.readInt();
      return path && { op: 'setAcl', path, acl, version };
    }
    case TxnType.check:
      reader.readRange();
      reader.readInt();
      return { op: 'check' };
    case TxnType.error:
      return { op: 'error', code: reader.readInt() };
    default:
      return undefined;
  }
}

function readCreate(reader: Reader, type: number): SingleTxn | undefined {
  const path = pathOf(reader);
  const data = rangeOf(reader);
  const acl = readAclList(reader) ?? OPEN_ACL;
  let lifetime: Lifetime = 'container';
  if (type === TxnType.create || type === TxnType.create2)
    lifetime = reader.readBool() ? 'ephemeral' : 'persistent';
  // Of a release before 3.4: neither the counter nor a digest is behind it.
  const isOld = type === TxnType.create && reader.remaining === 0;
  const parentCversion = isOld ? -1 : reader.readInt();
  if (type === TxnType.createTtl) lifetime = { ttlMs: reader.readLong() };
  return path && { op: 'create', path, data, acl, lifetime, parentCversion };
}

function readMulti(reader: Reader): Txn | undefined {
  const count = reader.readCount(MIN_TXN_BYTES);
  const { end } = reader;
  const txns: SingleTxn[] = [];
  let hasFailed = false;
  for (let i = 0; i < count && !reader.failed; i++) {
    const type = reader.readInt();
    const { start, end: until } = rangeOf(reader);
    if (start < 0 || reader.failed) return undefined;
    reader.reset(reader.bytes, start, until);
    const txn = readSingle(reader, type);
    // A record of another release may be longer than what is known of it here: then nothing may be guessed.
    if (txn === undefined || reader.failed || reader.remaining > 0) return undefined;
    reader.reset(reader.bytes, until, end);
    hasFailed ||= txn.op === 'error';
    txns.push(txn);
  }
  return { op: 'multi', txns: hasFailed ? [] : txns };
}

/** Its paths, or nothing; and behind either a digest, or nothing. */
function readCloseSession(reader: Reader): Txn {
  const { position, end, bytes } = reader;
  const paths: Range[] = [];
  const count = reader.remaining === 0 ? 0 : reader.readCount(4);
  for (let i = 0; i < count && !reader.failed; i++) {
    const path = pathOf(reader);
    if (path !== undefined) paths.push(path);
  }
  const isWhole = !reader.failed && (reader.remaining === 0 || reader.remaining === DIGEST_BYTES);
  if (isWhole) return { op: 'closeSession', paths };
  reader.reset(bytes, position, end);
  return { op: 'closeSession', paths: NO_PATHS };
}

function pathOf(reader: Reader): Range | undefined {
  const range = rangeOf(reader);
  if (!reader.failed && isValidPath(reader.bytes, range.start, range.end)) return range;
  reader.fail();
  return undefined;
}

function rangeOf(reader: Reader): Range {
  reader.readRange();
  return { start: reader.rangeStart, end: reader.rangeEnd };
}

function isPossible(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
