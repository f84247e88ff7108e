import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import type { NodeReader, Slot } from '../node-reader.ts';
import { REPLY_HEADER_BYTES, writeReplyHeader } from './reply-header.ts';
import { emptyStat, readStat, STAT_BYTES, type Stat, writeStat } from './stat.ts';

const scratch = emptyStat();

/**
 * GetDataRequest: string path, bool watch
 * GetDataResponse: buffer data, Stat
 */
export function writeGetDataReply(
  writer: Writer,
  xid: number,
  zxid: number,
  nodes: NodeReader,
  slot: Slot,
): void {
  const length = nodes.dataLength(slot);
  writer.writeInt(REPLY_HEADER_BYTES + 4 + Math.max(length, 0) + STAT_BYTES);
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writeGetDataRecord(writer, nodes, slot);
}

/** The reply's record, as it also stands in a multiRead's results. */
export function writeGetDataRecord(writer: Writer, nodes: NodeReader, slot: Slot): void {
  const length = nodes.dataLength(slot);
  writer.writeInt(length);
  if (length > 0) {
    writer.reserve(length);
    nodes.copyData(slot, writer.bytes, writer.length);
    writer.length += length;
  }
  nodes.readStat(slot, scratch);
  writeStat(writer, scratch);
}

export interface GetDataReply {
  readonly data: Uint8Array | undefined;
  readonly stat: Stat;
}

export function readGetDataReply(reader: Reader): GetDataReply {
  const data = reader.readBuffer();
  return { data, stat: readStat(reader) };
}
