/** Replies of ZooKeeper's client protocol, for the few requests where the content matters rather than the speed. */

import type { SessionIdentity } from './requests.ts';

/** int xid, long zxid, int err. */
export const REPLY_HEADER_BYTES = 16;

/** czxid, mzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner, dataLength, numChildren, pzxid. */
export const STAT_BYTES = 68;

export const errorCode = {
  ok: 0,
  systemError: -1,
  marshalling: -5,
  unimplemented: -6,
  badArguments: -8,
  noNode: -101,
  badVersion: -103,
  nodeExists: -110,
  sessionExpired: -112,
  sessionMoved: -118,
} as const;

export interface ReplyHeader {
  readonly xid: number;
  readonly zxid: number;
  readonly err: number;
}

export interface ConnectReply extends SessionIdentity {
  /** The negotiated timeout; 0 when the session is refused. */
  readonly timeoutMs: number;
}

export interface Stat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly dataLength: number;
  readonly numChildren: number;
  readonly pzxid: number;
}

/** Reads past the end throw a RangeError: in these tools a short reply is a failure to report. */
export function readLong(from: Buffer, at: number): number {
  return from.readInt32BE(at) * 0x1_0000_0000 + from.readUInt32BE(at + 4);
}

export function readReplyHeader(body: Buffer): ReplyHeader {
  return { xid: body.readInt32BE(0), zxid: readLong(body, 4), err: body.readInt32BE(12) };
}

export function readConnectReply(body: Buffer): ConnectReply {
  const passwordLength = body.readInt32BE(16);
  return {
    timeoutMs: body.readInt32BE(4),
    id: Buffer.from(body.subarray(8, 16)),
    password: Buffer.from(body.subarray(20, 20 + passwordLength)),
  };
}

export function readStat(body: Buffer, at: number): Stat {
  return {
    czxid: readLong(body, at),
    mzxid: readLong(body, at + 8),
    ctime: readLong(body, at + 16),
    mtime: readLong(body, at + 24),
    version: body.readInt32BE(at + 32),
    cversion: body.readInt32BE(at + 36),
    aversion: body.readInt32BE(at + 40),
    dataLength: body.readInt32BE(at + 52),
    numChildren: body.readInt32BE(at + 56),
    pzxid: readLong(body, at + 60),
  };
}

/** A buffer at `at`; null and empty both come back empty. */
export function readBytes(body: Buffer, at: number): Buffer {
  const length = body.readInt32BE(at);
  if (length <= 0) return Buffer.alloc(0);
  if (at + 4 + length > body.length)
    throw new RangeError(`a buffer of ${length} bytes passes the frame's end`);
  return body.subarray(at + 4, at + 4 + length);
}

/** The error of a multi's first part, which is that of the part that failed or says that another one did; undefined when all was done. */
export function readMultiError(body: Buffer): number | undefined {
  const isError = body.readInt32BE(0) === -1 && body.readUInt8(4) === 0;
  return isError ? body.readInt32BE(5) : undefined;
}

export function readStrings(body: Buffer, at: number): string[] {
  const count = body.readInt32BE(at);
  const strings: string[] = [];
  let next = at + 4;
  for (let i = 0; i < count; i++) {
    const value = readBytes(body, next);
    strings.push(value.toString('utf8'));
    next += 4 + value.length;
  }
  return strings;
}
