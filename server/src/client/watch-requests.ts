import { Permission } from '../model/acl.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { NO_SLOT } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import type { Tree } from '../tree/tree.ts';
import { Expectation, missedChange } from '../watch/catch-up.ts';
import { ANY_MODE, WatchMode } from '../watch/watch-mode.ts';
import {
  AddWatchMode,
  emptyPathWatchRequest,
  readPathWatchRequest,
  WatcherType,
  writeAddWatchReply,
} from '../wire/path-watch-request.ts';
import type { Reader } from '../wire/reader.ts';
import { writeHeaderReply } from '../wire/reply-header.ts';
import { countWatchedPaths, readListLength } from '../wire/set-watches.ts';
import type { Writer } from '../wire/writer.ts';
import type { Watcher, Watches } from './watches.ts';

/** Operations that are about watches only: like reads they are answered from this member's own state. */
export function isWatchOp(op: number): boolean {
  switch (op) {
    case OpCode.setWatches:
    case OpCode.setWatches2:
    case OpCode.addWatch:
    case OpCode.removeWatches:
    case OpCode.checkWatches:
      return true;
    default:
      return false;
  }
}

const modesOfAddWatch: ReadonlyMap<number, WatchMode> = new Map([
  [AddWatchMode.persistent, WatchMode.persistent],
  [AddWatchMode.persistentRecursive, WatchMode.recursive],
]);

const modesOfType: ReadonlyMap<number, number> = new Map([
  [WatcherType.children, WatchMode.children],
  [WatcherType.data, WatchMode.data],
  [WatcherType.any, ANY_MODE],
  [WatcherType.persistent, WatchMode.persistent],
  [WatcherType.persistentRecursive, WatchMode.recursive],
]);

const request = emptyPathWatchRequest();

/** Where a request about watches is answered from. */
export interface WatchState {
  readonly tree: Tree;
  readonly lastZxid: number;
  readonly watches: Watches;
}

/**
 * Writes the reply to a request about watches whose record `reader` stands at, what the client missed before it; false where the
 * record cannot be read. addWatch is answered with systemError where this member has no room for one more.
 */
export function answerWatchRequest(
  writer: Writer,
  xid: number,
  op: number,
  reader: Reader,
  state: WatchState,
  client: Watcher,
): boolean {
  const { lastZxid, watches } = state;
  let err: ErrorCode;
  if (op === OpCode.setWatches || op === OpCode.setWatches2) {
    const seenZxid = reader.readLong();
    const lists = reader.position;
    const count = countWatchedPaths(reader, op);
    if (reader.failed) return false;
    if (!watches.hasRoomFor(count)) {
      // Clients take no refusal of setWatches: elsewhere there may be room.
      client.closeFor('this member has no room for the watches that a client brought with it');
      return true;
    }
    reader.position = lists;
    leaveAgain(reader, op, state, client, seenZxid);
    err = ErrorCode.ok;
  } else {
    readPathWatchRequest(reader, request);
    if (reader.failed) return false;
    err = pathRequest(op, watches, client);
    if (op === OpCode.addWatch && err === ErrorCode.ok) {
      writeAddWatchReply(writer, xid, lastZxid);
      return true;
    }
  }
  writeHeaderReply(writer, xid, lastZxid, err);
  return true;
}

/** addWatch, removeWatches and checkWatches, of one path and in the mode or type that `request` holds. */
function pathRequest(op: number, watches: Watches, client: Watcher): ErrorCode {
  const { bytes, pathStart, pathEnd, kind } = request;
  const mask = (op === OpCode.addWatch ? modesOfAddWatch : modesOfType).get(kind);
  // What ZooKeeper answers to a number that it does not know.
  if (mask === undefined || pathStart < 0) return ErrorCode.marshallingError;
  if (op === OpCode.addWatch) {
    if (!watches.hasRoom(client, bytes, pathStart, pathEnd)) return ErrorCode.systemError;
    watches.add(client, mask as WatchMode, bytes, pathStart, pathEnd);
    return ErrorCode.ok;
  }
  const found =
    op === OpCode.removeWatches
      ? watches.remove(client, mask, bytes, pathStart, pathEnd)
      : watches.has(client, mask, bytes, pathStart, pathEnd);
  return found ? ErrorCode.ok : ErrorCode.noWatcher;
}

/** The lists of setWatches, which `reader` stands at: each path is told of or watched again. */
function leaveAgain(reader: Reader, op: number, state: WatchState, client: Watcher, seenZxid: number): void {
  catchUp(reader, state, client, seenZxid, Expectation.data);
  catchUp(reader, state, client, seenZxid, Expectation.absence);
  catchUp(reader, state, client, seenZxid, Expectation.children);
  if (op === OpCode.setWatches) return;
  watchAll(reader, state.watches, client, WatchMode.persistent);
  watchAll(reader, state.watches, client, WatchMode.recursive);
}

function catchUp(
  reader: Reader,
  { tree, watches }: WatchState,
  client: Watcher,
  seenZxid: number,
  expectation: Expectation,
): void {
  const mode = expectation === Expectation.children ? WatchMode.children : WatchMode.data;
  const { bytes } = reader;
  for (let left = readListLength(reader); left > 0; left--) {
    reader.readRange();
    const { rangeStart: start, rangeEnd: end } = reader;
    if (start < 0) continue;
    const slot = tree.lookup(bytes, start, end);
    const missed = missedChange(expectation, tree, slot, seenZxid);
    // Of a node that it may not read a client hears no more here than from an event.
    const isHidden = slot !== NO_SLOT && !tree.permits(slot, Permission.read, client.identities);
    if (missed === undefined || isHidden) watches.add(client, mode, bytes, start, end);
    else watches.missed(client, missed, bytes, start, end);
  }
}

function watchAll(reader: Reader, watches: Watches, client: Watcher, mode: WatchMode): void {
  for (let left = readListLength(reader); left > 0; left--) {
    reader.readRange();
    if (reader.rangeStart >= 0) watches.add(client, mode, reader.bytes, reader.rangeStart, reader.rangeEnd);
  }
}
