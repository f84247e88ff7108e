import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { NO_SLOT, type NodeReader, type Slot } from '../node-reader.ts';
import { writeReplyHeader } from './reply-header.ts';
import { emptyStat, writeStat } from './stat.ts';

const scratch = emptyStat();

/**
 * GetChildrenRequest, GetChildren2Request: string path, bool watch
 * GetChildrenResponse: vector<string> children
 * GetChildren2Response: vector<string> children, Stat
 *
 * Names, not paths, in no particular order.
 */
export function writeGetChildrenReply(
  writer: Writer,
  xid: number,
  zxid: number,
  nodes: NodeReader,
  slot: Slot,
  withStat: boolean,
): void {
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writeChildNames(writer, nodes, slot);
  if (withStat) {
    nodes.readStat(slot, scratch);
    writeStat(writer, scratch);
  }
  writer.endFrame(frame);
}

/** getChildren's record, as it also stands in a multiRead's results. */
export function writeChildNames(writer: Writer, nodes: NodeReader, slot: Slot): void {
  writer.writeInt(nodes.childCount(slot));
  for (let child = nodes.firstChild(slot); child !== NO_SLOT; child = nodes.nextSibling(child)) {
    const length = nodes.nameLength(child);
    writer.writeInt(length);
    writer.reserve(length);
    nodes.copyName(child, writer.bytes, writer.length);
    writer.length += length;
  }
}

export function readChildren(reader: Reader): string[] {
  const count = reader.readCount(4);
  const names: string[] = [];
  for (let i = 0; i < count && !reader.failed; i++) names.push(reader.readString() ?? '');
  return names;
}
