import type { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';

/** ReplyHeader: int xid, long zxid, int err. */
export const REPLY_HEADER_BYTES = 16;

export interface ReplyHeader {
  xid: number;
  zxid: number;
  err: number;
}

export function writeReplyHeader(writer: Writer, xid: number, zxid: number, err: ErrorCode): void {
  writer.writeInt(xid);
  writer.writeLong(zxid);
  writer.writeInt(err);
}

export function readReplyHeader(reader: Reader): ReplyHeader {
  const xid = reader.readInt();
  const zxid = reader.readLong();
  return { xid, zxid, err: reader.readInt() };
}

/** A whole reply without a record: every failure, and the success of ping, delete, closeSession, auth and setWatches. */
export function writeHeaderReply(writer: Writer, xid: number, zxid: number, err: ErrorCode): void {
  writer.writeInt(REPLY_HEADER_BYTES);
  writeReplyHeader(writer, xid, zxid, err);
}
