import { Permission } from '../model/acl.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { NO_SLOT } from '../model/ids.ts';
import type { Tree } from '../tree/tree.ts';
import { readMulti } from '../wire/multi.ts';
import {
  type ReadItem,
  readMultiRead,
  writeReadError,
  writeReadResult,
  writeResultsEnd,
} from '../wire/multi-read.ts';
import type { Reader } from '../wire/reader.ts';
import { writeHeaderReply, writeReplyHeader } from '../wire/reply-header.ts';
import type { Writer } from '../wire/writer.ts';
import type { Asker } from './asker.ts';

/**
 * Answers a multiRead, `reader` at its record: each read by itself, with an access check and an error of its own, as far as the
 * answer goes with `maxBytes`. False where the record cannot be read.
 */
export function answerMultiRead(
  writer: Writer,
  xid: number,
  zxid: number,
  reader: Reader,
  tree: Tree,
  asker: Asker,
  maxBytes: number,
): boolean {
  const record = reader.position;
  const items = readMultiRead(reader);
  if (items === undefined) {
    reader.reset(reader.bytes, record, reader.end);
    // Writes alone ZooKeeper notices only when it comes to the first of them: an empty list of results is there already.
    if (readMulti(reader) === undefined) return false;
    answerItems(writer, xid, zxid, [], tree, asker, ErrorCode.marshallingError, maxBytes);
    return true;
  }
  // As ZooKeeper: a null path ends it where it stands.
  const nullAt = items.findIndex(({ pathStart }) => pathStart < 0);
  if (nullAt < 0) answerItems(writer, xid, zxid, items, tree, asker, ErrorCode.ok, maxBytes);
  else
    answerItems(writer, xid, zxid, items.slice(0, nullAt), tree, asker, ErrorCode.marshallingError, maxBytes);
  return true;
}

function answerItems(
  writer: Writer,
  xid: number,
  zxid: number,
  items: readonly ReadItem[],
  tree: Tree,
  asker: Asker,
  err: ErrorCode,
  maxBytes: number,
): void {
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, err);
  for (const item of items) {
    answerItem(writer, item, tree, asker);
    if (writer.length - frame <= maxBytes) continue;
    writer.length = frame;
    writeHeaderReply(writer, xid, zxid, ErrorCode.systemError);
    return;
  }
  writeResultsEnd(writer);
  writer.endFrame(frame);
}

function answerItem(writer: Writer, item: ReadItem, tree: Tree, asker: Asker): void {
  const slot = tree.lookup(item.bytes, item.pathStart, item.pathEnd);
  if (slot === NO_SLOT) writeReadError(writer, ErrorCode.noNode);
  else if (!tree.permits(slot, Permission.read, asker.identities)) writeReadError(writer, ErrorCode.noAuth);
  else writeReadResult(writer, item.op, tree, slot);
}
