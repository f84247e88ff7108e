import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { NO_SLOT, type NodeReader, type Slot } from '../node-reader.ts';
import { writeReplyHeader } from './reply-header.ts';
import { emptyStat, STAT_BYTES, writeStat } from './stat.ts';

const scratch = emptyStat();

/** Which children a list has; other numbers have no meaning. */
export const ListFilter = { all: 0, persistentOnly: 1, ephemeralOnly: 2 } as const;
export type ListFilter = (typeof ListFilter)[keyof typeof ListFilter];

/**
 * ClickHouse Keeper's lists of children, of which some may be left out:
 *
 * FilteredListRequest (500):                  string path, bool watch, byte filter
 * FilteredListResponse:                       vector<string> children, Stat of the parent
 * FilteredListWithStatsAndDataRequest (506):  string path, bool watch, byte filter, bool withStats, bool withData
 * FilteredListWithStatsAndDataResponse:       vector<string> children, Stat of the parent, vector<Stat>, vector<buffer data>
 *
 * Where they are not asked for the last two are empty.
 */
export interface ListChoice {
  filter: number;
  withStats: boolean;
  withData: boolean;
}

/** Fills `choice` from what stands behind path and watch; `reader.failed` tells whether it could. */
export function readListChoice(reader: Reader, choice: ListChoice, isDetailed: boolean): void {
  choice.filter = reader.readByte();
  choice.withStats = isDetailed && reader.readBool();
  choice.withData = isDetailed && reader.readBool();
}

export function isListFilter(filter: number): filter is ListFilter {
  return filter <= ListFilter.ephemeralOnly;
}

function* chosen(nodes: NodeReader, parent: Slot, filter: number): Generator<Slot> {
  for (let child = nodes.firstChild(parent); child !== NO_SLOT; child = nodes.nextSibling(child))
    if (isChosen(nodes, child, filter)) yield child;
}

/** Whether a list with this filter has the child. */
export function isChosen(nodes: NodeReader, child: Slot, filter: number): boolean {
  if (filter === ListFilter.all) return true;
  nodes.readStat(child, scratch);
  return (scratch.ephemeralOwner !== 0) === (filter === ListFilter.ephemeralOnly);
}

/** What one child takes in a reply. */
export function listedBytes(nodes: NodeReader, child: Slot, { withStats, withData }: ListChoice): number {
  const name = 4 + nodes.nameLength(child);
  return name + (withStats ? STAT_BYTES : 0) + (withData ? 4 + Math.max(0, nodes.dataLength(child)) : 0);
}

export function writeFilteredListReply(
  writer: Writer,
  xid: number,
  zxid: number,
  nodes: NodeReader,
  slot: Slot,
  choice: ListChoice,
  isDetailed: boolean,
): void {
  const { filter, withStats, withData } = choice;
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  const countAt = writer.length;
  writer.writeInt(0);
  let count = 0;
  for (const child of chosen(nodes, slot, filter)) {
    count++;
    const length = nodes.nameLength(child);
    writer.writeInt(length);
    writer.reserve(length);
    nodes.copyName(child, writer.bytes, writer.length);
    writer.length += length;
  }
  writer.patchInt(countAt, count);
  nodes.readStat(slot, scratch);
  writeStat(writer, scratch);
  if (isDetailed) {
    writer.writeInt(withStats ? count : 0);
    if (withStats) for (const child of chosen(nodes, slot, filter)) writeStatOf(writer, nodes, child);
    writer.writeInt(withData ? count : 0);
    if (withData) for (const child of chosen(nodes, slot, filter)) writeDataOf(writer, nodes, child);
  }
  writer.endFrame(frame);
}

function writeStatOf(writer: Writer, nodes: NodeReader, child: Slot): void {
  nodes.readStat(child, scratch);
  writeStat(writer, scratch);
}

function writeDataOf(writer: Writer, nodes: NodeReader, child: Slot): void {
  const length = nodes.dataLength(child);
  writer.writeInt(length);
  if (length <= 0) return;
  writer.reserve(length);
  nodes.copyData(child, writer.bytes, writer.length);
  writer.length += length;
}
