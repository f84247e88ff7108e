import {
  AddWatchMode,
  countWatchedPaths,
  ErrorCode,
  emptyPathWatchRequest,
  NO_SLOT,
  OpCode,
  Permission,
  type Reader,
  readPathWatchRequest,
  WatcherType,
  type Writer,
  writeAddWatchReply,
  writeHeaderReply,
} from '@rookery/protocol';
import { Expectation, missedChange } from '../watch/catch-up.ts';
import { ANY_MODE, WatchMode } from '../watch/watch-mode.ts';
import type { AnswerRead, ReadState } from './read.ts';
import type { Watcher, Watches } from './watches.ts';

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

/**
 * Requests about watches alone. What cannot be read is answered with marshallingError, as in ZooKeeper, and changes nothing; addWatch with
 * systemError where this member has no room for one more.
 */
export const answerAddWatch: AnswerRead = (writer, xid, reader, { watches, lastZxid }, client) => {
  const mode = readPathAndMode(reader, modesOfAddWatch);
  const { bytes, pathStart, pathEnd } = request;
  if (mode === undefined) writeHeaderReply(writer, xid, lastZxid, ErrorCode.marshallingError);
  else if (!watches.hasRoom(client, bytes, pathStart, pathEnd))
    writeHeaderReply(writer, xid, lastZxid, ErrorCode.systemError);
  else {
    watches.add(client, mode as WatchMode, bytes, pathStart, pathEnd);
    writeAddWatchReply(writer, xid, lastZxid);
  }
  return true;
};

export const answerRemoveWatches: AnswerRead = (writer, xid, reader, { watches, lastZxid }, client) => {
  const modes = readPathAndMode(reader, modesOfType);
  const { bytes, pathStart, pathEnd } = request;
  const found = modes !== undefined && watches.remove(client, modes, bytes, pathStart, pathEnd);
  writeHeaderReply(writer, xid, lastZxid, errorOf(modes, found));
  return true;
};

export const answerCheckWatches: AnswerRead = (writer, xid, reader, { watches, lastZxid }, client) => {
  const modes = readPathAndMode(reader, modesOfType);
  const { bytes, pathStart, pathEnd } = request;
  const found = modes !== undefined && watches.has(client, modes, bytes, pathStart, pathEnd);
  writeHeaderReply(writer, xid, lastZxid, errorOf(modes, found));
  return true;
};

function errorOf(modes: number | undefined, found: boolean): ErrorCode {
  if (modes === undefined) return ErrorCode.marshallingError;
  return found ? ErrorCode.ok : ErrorCode.noWatcher;
}

/** The path that the record names is in `request` then; undefined where it cannot be read, or names no mode. */
function readPathAndMode(reader: Reader, modes: ReadonlyMap<number, number>): number | undefined {
  readPathWatchRequest(reader, request);
  return reader.failed || request.pathStart < 0 ? undefined : modes.get(request.kind);
}

/** Before the reply goes what the client missed. */
export const answerSetWatches: AnswerRead = (writer, xid, reader, state, client) =>
  answerLists(OpCode.setWatches, writer, xid, reader, state, client);

export const answerSetWatches2: AnswerRead = (writer, xid, reader, state, client) =>
  answerLists(OpCode.setWatches2, writer, xid, reader, state, client);

function answerLists(
  op: OpCode,
  writer: Writer,
  xid: number,
  reader: Reader,
  state: ReadState,
  client: Watcher,
): boolean {
  const err = setWatches(op, reader, state, client);
  if (client.isOpen) writeHeaderReply(writer, xid, state.lastZxid, err);
  return true;
}

/** Each path of the lists is told of or watched again. */
function setWatches(op: number, reader: Reader, state: ReadState, client: Watcher): ErrorCode {
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
  { tree, watches, configNode }: ReadState,
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
