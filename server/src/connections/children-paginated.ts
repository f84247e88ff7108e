import {
  ErrorCode,
  emptyChildrenPaginatedRequest,
  emptyStat,
  LAST_PAGE,
  NO_SLOT,
  Permission,
  readChildrenPaginatedRequest,
  type Slot,
  type Writer,
  writeHeaderReply,
  writeReplyHeader,
  writeStat,
} from '@rookery/protocol';
import { type OldestChildren, oldestChildren } from '../tree/oldest-children.ts';
import { WatchMode } from '../watch/watch-mode.ts';
import type { AnswerRead, ReadState } from './read.ts';

/** Of a name. */
const LENGTH_BYTES = 4;
/** What a reply has beside its children. A whole one is one that clients take by default: shorter than 0xfffff bytes. */
const ROOM_BYTES = 1024;

const request = emptyChildrenPaginatedRequest();
const stat = emptyStat();

/**
 * A page of a node's children, the oldest first. The watch is left with the last page, as in LinkedIn's ZooKeeper: what comes while pages are read comes with a
 * later one.
 */
export const answerChildrenPaginated: AnswerRead = (writer, xid, reader, state, client) => {
  const { tree, lastZxid: zxid, watches } = state;
  readChildrenPaginatedRequest(reader, request);
  if (reader.failed) return false;
  const { bytes, pathStart, pathEnd, maxReturned, czxidOffset } = request;
  const refuse = (err: ErrorCode): boolean => {
    writeHeaderReply(writer, xid, zxid, err);
    return true;
  };
  if (pathStart < 0) return refuse(ErrorCode.marshallingError);
  const parent = tree.lookup(bytes, pathStart, pathEnd);
  if (parent === NO_SLOT) return refuse(ErrorCode.noNode);
  if (!tree.permits(parent, Permission.read, client.identities)) return refuse(ErrorCode.noAuth);
  if (maxReturned < 1 || czxidOffset < 0) return refuse(ErrorCode.badArguments);
  const page = pageOf(state, parent);
  if (request.watch && page.next === undefined) {
    if (!watches.hasRoom(client, bytes, pathStart, pathEnd)) return refuse(ErrorCode.systemError);
    watches.add(client, WatchMode.children, bytes, pathStart, pathEnd);
  }
  writePage(writer, xid, parent, page, state);
  return true;
};

function pageOf(state: ReadState, parent: Slot): OldestChildren {
  const { tree, turns, places, bounds } = state;
  const start = { czxid: request.minCzxid, offset: request.czxidOffset };
  const size = {
    children: request.maxReturned,
    bytes: bounds.pageBytes - ROOM_BYTES,
    bytesPerChild: LENGTH_BYTES,
  };
  const place = places.find(state, parent, start.czxid);
  const page = oldestChildren(tree.znodes.nodes, parent, start, size, place);
  turns.spendLooks(page.looks);
  if (page.next !== undefined) places.remember(state, parent, page.next.czxid, page.place);
  return page;
}

function writePage(writer: Writer, xid: number, parent: Slot, page: OldestChildren, state: ReadState): void {
  const { tree, lastZxid, configNode } = state;
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, lastZxid, ErrorCode.ok);
  writer.writeInt(page.slots.length);
  for (const child of page.slots) {
    const length = tree.nameLength(child);
    writer.writeInt(length);
    writer.reserve(length);
    tree.copyName(child, writer.bytes, writer.length);
    writer.length += length;
  }
  configNode.readerOf(request.bytes, request.pathStart, request.pathEnd, tree).readStat(parent, stat);
  writeStat(writer, stat);
  writer.writeLong(page.next?.czxid ?? LAST_PAGE.nextPageCzxid);
  writer.writeInt(page.next?.offset ?? LAST_PAGE.nextPageCzxidOffset);
  writer.endFrame(frame);
}
