import {
  ErrorCode,
  emptyListRecursiveRequest,
  isChosen,
  isListFilter,
  type ListChoice,
  ListFilter,
  listedBytes,
  NO_SLOT,
  type NodeReader,
  Permission,
  readCheckNotExists,
  readCheckStat,
  readListChoice,
  readListRecursiveRequest,
  type Slot,
  type Writer,
  writeFilteredListReply,
  writeHeaderReply,
  writeReplyHeader,
} from '@rookery/protocol';
import { MAX_LISTED_NODES } from '../bounds/limits.ts';
import { permits } from '../model/access.ts';
import type { Tree } from '../tree/tree.ts';
import { WatchMode } from '../watch/watch-mode.ts';
import type { AnswerRead, Asker, ReadState } from './read.ts';
import { LOOKS_PER_PATH, nodeRead } from './reads.ts';

const choice: ListChoice = { filter: ListFilter.all, withStats: false, withData: false };

function filteredList(isDetailed: boolean): AnswerRead {
  return nodeRead({
    permissions: Permission.read,
    watches: WatchMode.children,
    isExists: false,
    readRest: (reader) => readListChoice(reader, choice, isDetailed),
    refuses: whyNotListed,
    write: (writer, xid, slot, nodes, { lastZxid }) =>
      writeFilteredListReply(writer, xid, lastZxid, nodes, slot, choice, isDetailed),
  });
}

export const answerFilteredList = filteredList(false);
export const answerFilteredListWithStatsAndData = filteredList(true);

/**
 * Names are told to whoever may read the parent; whose a child is, its stat and its data only to who may read that child, too, as in ClickHouse Keeper: one that may not be read
 * spoils the whole list. One that would fill the memory is refused.
 */
function whyNotListed(
  slot: Slot,
  nodes: NodeReader,
  { turns, bounds }: ReadState,
  { identities }: Asker,
): ErrorCode {
  const { filter, withStats, withData } = choice;
  if (!isListFilter(filter)) return ErrorCode.badArguments;
  if (filter === ListFilter.all && !withStats && !withData) return ErrorCode.ok;
  turns.spendLooks(nodes.childCount(slot));
  let bytes = 0;
  for (let child = nodes.firstChild(slot); child !== NO_SLOT; child = nodes.nextSibling(child)) {
    if (!isChosen(nodes, child, filter)) continue;
    if (!permits(nodes.acl(child), Permission.read, identities)) return ErrorCode.noAuth;
    bytes += listedBytes(nodes, child, choice);
    if (bytes > bounds.answerBytes) return ErrorCode.systemError;
  }
  return ErrorCode.ok;
}

const request = emptyListRecursiveRequest();

/** What is below a node, the nearest first; what may not be read is left out with all below it. */
export const answerListRecursive: AnswerRead = (writer, xid, reader, state, client) => {
  const { tree, lastZxid: zxid } = state;
  readListRecursiveRequest(reader, request);
  if (reader.failed) return false;
  const { bytes, pathStart, pathEnd } = request;
  const slot = tree.lookup(bytes, pathStart, pathEnd);
  if (pathStart < 0) writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
  else if (slot === NO_SLOT) writeHeaderReply(writer, xid, zxid, ErrorCode.noNode);
  else if (!tree.permits(slot, Permission.read, client.identities))
    writeHeaderReply(writer, xid, zxid, ErrorCode.noAuth);
  else writePathsBelow(writer, xid, slot, state, client);
  return true;
};

function writePathsBelow(writer: Writer, xid: number, top: Slot, state: ReadState, client: Asker): void {
  const { tree, lastZxid, turns, bounds } = state;
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, lastZxid, ErrorCode.ok);
  const countAt = writer.length;
  writer.writeInt(0);
  const found: Slot[] = [top];
  let looks = 0;
  for (let at = 0; at < found.length; at++) {
    let child = tree.firstChild(found[at]!);
    for (; child !== NO_SLOT; child = tree.nextSibling(child)) {
      looks++;
      if (looks > MAX_LISTED_NODES || writer.length - frame > bounds.answerBytes) {
        // Part of it would look like all of it.
        turns.spendLooks(looks * LOOKS_PER_PATH);
        writer.length = frame;
        writeHeaderReply(writer, xid, lastZxid, ErrorCode.systemError);
        return;
      }
      if (!tree.permits(child, Permission.read, client.identities)) continue;
      if (found.length > request.limit) break;
      found.push(child);
      writePath(writer, tree, child);
    }
    if (child !== NO_SLOT) break;
  }
  turns.spendLooks(looks * LOOKS_PER_PATH);
  writer.patchInt(countAt, found.length - 1);
  writer.endFrame(frame);
}

function writePath(writer: Writer, tree: Tree, slot: Slot): void {
  const length = tree.pathLength(slot);
  writer.writeInt(length);
  writer.reserve(length);
  tree.copyPath(slot, writer.bytes, writer.length);
  writer.length += length;
}

function check(readWrite: typeof readCheckNotExists | typeof readCheckStat): AnswerRead {
  return (writer, xid, reader, { tree, lastZxid, keeperNodes }, { identities }) => {
    const write = readWrite(reader);
    if (reader.failed) return false;
    // As within a multi, where every member has to find the same.
    const isOwn = keeperNodes?.find(write.bytes, write.pathStart, write.pathEnd) !== undefined;
    const err = isOwn ? ErrorCode.badArguments : tree.check(write, identities);
    writeHeaderReply(writer, xid, lastZxid, err);
    return true;
  };
}

/** A check by itself, from this member's own tree. */
export const answerCheckNotExists = check(readCheckNotExists);
export const answerCheckStat = check(readCheckStat);
