import type { Bounds } from '../bounds/bounds.ts';
import type { Reader } from '../codec/jute-reader.ts';
import type { Writer } from '../codec/jute-writer.ts';
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
import { writeHeaderReply } from '../wire/reply-header.ts';
import { countWatchedPaths } from '../wire/set-watches.ts';
import type { ConfigNode } from './config-node.ts';
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

/** A watch that a client brings with it is found or made: that takes as long as a look at so many nodes in a row. */
const LOOKS_PER_WATCH = 32;

const request = emptyPathWatchRequest();

/** Where a request about watches is answered from. */
export interface WatchState {
  readonly bounds: Pick<Bounds, 'answerBytes'>;
  readonly tree: Tree;
  readonly lastZxid: number;
  readonly watches: Watches;
  readonly configNode: Pick<ConfigNode, 'readerOf'>;
  /** Hears of work that no reply shows. */
  readonly turns: { spendLooks(count: number): void };
}

/**
 * Writes the reply to a request about watches whose record `reader` stands at, and before it what the client missed. What cannot be
 * read is answered with marshallingError, as in ZooKeeper, and changes nothing; addWatch with systemError where this member has no
 * room for one more.
 */
export function answerWatchRequest(
  writer: Writer,
  xid: number,
  op: number,
  reader: Reader,
  state: WatchState,
  client: Watcher,
): void {
  const { lastZxid } = state;
  if (op === OpCode.setWatches || op === OpCode.setWatches2) {
    const err = setWatches(op, reader, state, client);
    if (client.isOpen) writeHeaderReply(writer, xid, lastZxid, err);
    return;
  }
  const err = pathRequest(op, reader, state.watches, client);
  if (op === OpCode.addWatch && err === ErrorCode.ok) writeAddWatchReply(writer, xid, lastZxid);
  else writeHeaderReply(writer, xid, lastZxid, err);
}

/** addWatch, removeWatches and checkWatches: one path, and a mode or type. */
function pathRequest(op: number, reader: Reader, watches: Watches, client: Watcher): ErrorCode {
  readPathWatchRequest(reader, request);
  const { bytes, pathStart, pathEnd, kind } = request;
  const mask = (op === OpCode.addWatch ? modesOfAddWatch : modesOfType).get(kind);
  if (reader.failed || mask === undefined || pathStart < 0) return ErrorCode.marshallingError;
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

/** Each path of the lists is told of or watched again. */
function setWatches(op: number, reader: Reader, state: WatchState, client: Watcher): ErrorCode {
  const seenZxid = reader.readLong();
  const lists = reader.position;
  const count = countWatchedPaths(reader, op);
  if (reader.failed) return ErrorCode.marshallingError;
  if (!state.watches.hasRoomFor(count)) {
    // Clients take no refusal of setWatches: elsewhere there may be room.
    client.closeFor('this member has no room for the watches that a client brought with it');
    return ErrorCode.systemError;
  }
  reader.position = lists;
  state.turns.spendLooks(LOOKS_PER_WATCH * count);
  catchUp(reader, state, client, seenZxid, Expectation.data);
  catchUp(reader, state, client, seenZxid, Expectation.absence);
  catchUp(reader, state, client, seenZxid, Expectation.children);
  if (op === OpCode.setWatches2) {
    watchAll(reader, state.watches, client, WatchMode.persistent);
    watchAll(reader, state.watches, client, WatchMode.recursive);
  }
  return ErrorCode.ok;
}

function catchUp(
  reader: Reader,
  { tree, watches, configNode }: WatchState,
  client: Watcher,
  seenZxid: number,
  expectation: Expectation,
): void {
  const mode = expectation === Expectation.children ? WatchMode.children : WatchMode.data;
  const { bytes } = reader;
  for (let left = reader.readInt(); left > 0; left--) {
    reader.readRange();
    const { rangeStart: start, rangeEnd: end } = reader;
    const slot = tree.lookup(bytes, start, end);
    const missed = missedChange(expectation, configNode.readerOf(bytes, start, end, tree), slot, seenZxid);
    // Of a node that it may not read a client hears no more here than from an event.
    const isHidden = slot !== NO_SLOT && !tree.permits(slot, Permission.read, client.identities);
    if (missed === undefined || isHidden) watches.add(client, mode, bytes, start, end);
    else watches.missed(client, missed, bytes, start, end);
  }
}

function watchAll(reader: Reader, watches: Watches, client: Watcher, mode: WatchMode): void {
  for (let left = reader.readInt(); left > 0; left--) {
    reader.readRange();
    watches.add(client, mode, reader.bytes, reader.rangeStart, reader.rangeEnd);
  }
}
