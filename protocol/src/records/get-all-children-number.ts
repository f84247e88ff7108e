import { ErrorCode } from '../error-codes.ts';
import type { Writer } from '../jute/writer.ts';
import { REPLY_HEADER_BYTES, writeReplyHeader } from './reply-header.ts';

/**
 * GetAllChildrenNumberRequest: string path
 * GetAllChildrenNumberResponse: int totalNumber (all nodes below, not only children)
 */
export function writeGetAllChildrenNumberReply(
  writer: Writer,
  xid: number,
  zxid: number,
  total: number,
): void {
  writer.writeInt(REPLY_HEADER_BYTES + 4);
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writer.writeInt(total);
}
