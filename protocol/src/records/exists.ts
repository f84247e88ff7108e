import { ErrorCode } from '../error-codes.ts';
import type { Writer } from '../jute/writer.ts';
import type { NodeReader, Slot } from '../node-reader.ts';
import { REPLY_HEADER_BYTES, writeReplyHeader } from './reply-header.ts';
import { emptyStat, STAT_BYTES, writeStat } from './stat.ts';

const scratch = emptyStat();

/**
 * ExistsRequest: string path, bool watch
 * ExistsResponse: Stat (setData and setACL answer the same)
 */
export function writeExistsReply(
  writer: Writer,
  xid: number,
  zxid: number,
  nodes: NodeReader,
  slot: Slot,
): void {
  nodes.readStat(slot, scratch);
  writer.writeInt(REPLY_HEADER_BYTES + STAT_BYTES);
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writeStat(writer, scratch);
}
