import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';

/** Reserved transaction ids: what carries one answers no request of its own, or a request of a fixed kind. */
export const Xid = {
  watchEvent: -1,
  ping: -2,
  auth: -4,
  setWatches: -8,
} as const;

/** RequestHeader: int xid, int type. */
export interface RequestHeader {
  xid: number;
  /** An OpCode, if the client is sane. */
  op: number;
}

export function readRequestHeader(reader: Reader, header: RequestHeader): void {
  header.xid = reader.readInt();
  header.op = reader.readInt();
}

export function writeRequestHeader(writer: Writer, xid: number, op: number): void {
  writer.writeInt(xid);
  writer.writeInt(op);
}
