import type { Reader } from '../codec/jute-reader.ts';
import type { Writer } from '../codec/jute-writer.ts';
import type { ErrorCode } from '../model/error-codes.ts';

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
