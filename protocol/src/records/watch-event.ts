import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { REPLY_HEADER_BYTES, writeReplyHeader } from './reply-header.ts';
import { Xid } from './request-header.ts';

/** The only state that a server tells: the client is connected. */
const SYNC_CONNECTED = 3;
/** Stands in an event for a change of which only the outcome is known. */
export const NO_EVENT_ZXID = -1;

/**
 * WatcherEvent: int type, int state, string path; in a reply header with xid -1 and the zxid of the transaction that caused it (-1
 * where setWatches found out).
 */
export function writeWatchEvent(
  writer: Writer,
  zxid: number,
  type: number,
  bytes: Uint8Array,
  pathStart: number,
  pathEnd: number,
): void {
  writer.writeInt(REPLY_HEADER_BYTES + 12 + pathEnd - pathStart);
  writeReplyHeader(writer, Xid.watchEvent, zxid, ErrorCode.ok);
  writer.writeInt(type);
  writer.writeInt(SYNC_CONNECTED);
  writer.writeRange(bytes, pathStart, pathEnd);
}

export interface WatchEvent {
  readonly type: number;
  readonly state: number;
  readonly path: string;
}

/** `reader` stands behind the reply header. */
export function readWatchEvent(reader: Reader): WatchEvent {
  const type = reader.readInt();
  const state = reader.readInt();
  return { type, state, path: reader.readString() ?? '' };
}
