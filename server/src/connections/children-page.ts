import {
  ErrorCode,
  emptyChildrenPageRequest,
  emptyStat,
  NO_SLOT,
  Permission,
  Reader,
  readChildrenPageRequest,
  type Slot,
  Writer,
  writeHeaderReply,
  writeReplyHeader,
  writeStat,
} from '@rookery/protocol';
import type { Tree } from '../tree/tree.ts';
import type { AnswerRead, Asker, ReadState } from './read.ts';

/**
 * So many children up to the last one of a page stand in its cursor: the next page begins behind the last of them that is still there, so that
 * only the removal of all of them loses the place. Those that stood behind it, up to the end of the page, are gone.
 */
const ANCHORS = 16;

const request = emptyChildrenPageRequest();
const cursorReader = new Reader();
const cursor = new Writer(256);
const stat = emptyStat();

/** Of a cursor that leads nowhere: it is another tree's, or all that it names is gone. */
const LOST = -2 as Slot;

/**
 * Some of a node's children, in the tree's own order, at whose end new ones come. What it costs grows with the page, not with the number of children.
 * A child that is created while pages are read comes with a later page, one that is removed is met or not, and none comes twice.
 */
export const answerChildrenPage: AnswerRead = (writer, xid, reader, state, client) => {
  const { tree, lastZxid: zxid } = state;
  readChildrenPageRequest(reader, request);
  if (reader.failed) return false;
  const { bytes, pathStart, pathEnd } = request;
  if (pathStart < 0 || request.limit < 1) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
    return true;
  }
  const parent = tree.lookup(bytes, pathStart, pathEnd);
  if (parent === NO_SLOT) writeHeaderReply(writer, xid, zxid, ErrorCode.noNode);
  else if (!tree.permits(parent, Permission.read, client.identities))
    writeHeaderReply(writer, xid, zxid, ErrorCode.noAuth);
  else writePage(writer, xid, parent, state, client);
  return true;
};

function writePage(writer: Writer, xid: number, parent: Slot, state: ReadState, client: Asker): void {
  const { tree, lastZxid, bounds, configNode } = state;
  const { bytes, pathStart, pathEnd } = request;
  const first = firstOf(state, parent);
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, lastZxid, ErrorCode.ok);
  writer.writeBool(first !== LOST);
  const countAt = writer.length;
  writer.writeInt(0);
  let child = first === LOST ? NO_SLOT : first;
  let last = NO_SLOT;
  let count = 0;
  while (child !== NO_SLOT && count < request.limit && writer.length - countAt < bounds.pageBytes) {
    writeChild(writer, child, tree, client);
    count++;
    last = child;
    child = tree.nextSibling(child);
  }
  writer.patchInt(countAt, count);
  configNode.readerOf(bytes, pathStart, pathEnd, tree).readStat(parent, stat);
  writeStat(writer, stat);
  if (child === NO_SLOT) writer.writeBuffer(undefined);
  else writer.writeBuffer(cursorBehind(last, state));
  writer.endFrame(frame);
}

function writeChild(writer: Writer, child: Slot, tree: Tree, { identities }: Asker): void {
  const length = tree.nameLength(child);
  writer.writeInt(length);
  writer.reserve(length);
  tree.copyName(child, writer.bytes, writer.length);
  writer.length += length;
  // Its name is the parent's, its stat its own.
  const isTold = request.withStats && tree.permits(child, Permission.read, identities);
  writer.writeBool(isTold);
  if (!isTold) return;
  tree.readStat(child, stat);
  writeStat(writer, stat);
}

/** int mark of the tree, then the children up to the last one, that one first: int slot, long czxid. */
function cursorBehind(last: Slot, { tree, treeMark }: ReadState): Uint8Array {
  cursor.clear();
  cursor.writeInt(treeMark);
  let anchor = last;
  for (let left = ANCHORS; left > 0 && anchor !== NO_SLOT; left--) {
    cursor.writeInt(anchor);
    cursor.writeLong(tree.czxid(anchor));
    anchor = tree.previousSibling(anchor);
  }
  return cursor.copy();
}

/** The first child of the page that is asked for; NO_SLOT: there is none. */
function firstOf({ tree, treeMark }: ReadState, parent: Slot): Slot {
  const { bytes, cursorStart, cursorEnd } = request;
  if (cursorStart < 0) return tree.firstChild(parent);
  cursorReader.reset(bytes, cursorStart, cursorEnd);
  if (cursorReader.readInt() !== treeMark) return LOST;
  for (let left = ANCHORS; left > 0 && cursorReader.remaining > 0; left--) {
    const slot = cursorReader.readInt();
    const czxid = cursorReader.readLong();
    if (!cursorReader.failed && tree.isChildAt(slot, parent, czxid)) return tree.nextSibling(slot as Slot);
  }
  return LOST;
}
