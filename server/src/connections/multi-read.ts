import {
  ErrorCode,
  isKeeperWrite,
  NO_SLOT,
  Permission,
  type ReadItem,
  readMulti,
  readMultiRead,
  type Writer,
  writeHeaderReply,
  writeReadError,
  writeReadResult,
  writeReplyHeader,
  writeResultsEnd,
} from '@rookery/protocol';
import type { AnswerRead, Asker, ReadState } from './read.ts';

/**
 * Answers a multiRead, `reader` at its record: each read by itself, with an access check and an error of its own, as far as the
 * answer goes with `answerBytes`. False where the record cannot be read.
 */
export const answerMultiRead: AnswerRead = (writer, xid, reader, state, asker) => {
  const { lastZxid: zxid } = state;
  const record = reader.position;
  const items = readMultiRead(reader);
  if (items === undefined) {
    reader.reset(reader.bytes, record, reader.end);
    // Writes alone ZooKeeper notices only when it comes to the first of them: an empty list of results is there already.
    const writes = readMulti(reader);
    if (writes === undefined || isKeeperWrite(writes)) return false;
    answerItems(writer, xid, zxid, [], state, asker, ErrorCode.marshallingError);
    return true;
  }
  // As ZooKeeper: a null path ends it where it stands.
  const nullAt = items.findIndex(({ pathStart }) => pathStart < 0);
  if (nullAt < 0) answerItems(writer, xid, zxid, items, state, asker, ErrorCode.ok);
  else answerItems(writer, xid, zxid, items.slice(0, nullAt), state, asker, ErrorCode.marshallingError);
  return true;
};

function answerItems(
  writer: Writer,
  xid: number,
  zxid: number,
  items: readonly ReadItem[],
  state: ReadState,
  asker: Asker,
  err: ErrorCode,
): void {
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, err);
  for (const item of items) {
    answerItem(writer, item, state, asker);
    if (writer.length - frame <= state.bounds.answerBytes) continue;
    writer.length = frame;
    writeHeaderReply(writer, xid, zxid, ErrorCode.systemError);
    return;
  }
  writeResultsEnd(writer);
  writer.endFrame(frame);
}

function answerItem(writer: Writer, item: ReadItem, { tree, configNode }: ReadState, asker: Asker): void {
  const slot = tree.lookup(item.bytes, item.pathStart, item.pathEnd);
  if (slot === NO_SLOT) writeReadError(writer, ErrorCode.noNode);
  else if (!tree.permits(slot, Permission.read, asker.identities)) writeReadError(writer, ErrorCode.noAuth);
  else {
    const nodes = configNode.readerOf(item.bytes, item.pathStart, item.pathEnd, tree);
    writeReadResult(writer, item.op, nodes, slot);
  }
}
