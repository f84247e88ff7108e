import { ErrorCode } from '../error-codes.ts';
import type { Writer } from '../jute/writer.ts';
import { REPLY_HEADER_BYTES, writeReplyHeader } from './reply-header.ts';

/**
 * SyncRequest: string path
 * SyncResponse: string path (as sent)
 */
export function writeSyncReply(
  writer: Writer,
  xid: number,
  zxid: number,
  bytes: Uint8Array,
  pathStart: number,
  pathEnd: number,
): void {
  writer.writeInt(REPLY_HEADER_BYTES + 4 + pathEnd - pathStart);
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writer.writeRange(bytes, pathStart, pathEnd);
}
