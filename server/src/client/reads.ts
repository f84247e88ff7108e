import { type Identities, Permission } from '../model/acl.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { NO_SLOT, type Slot } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import type { Tree } from '../tree/tree.ts';
import { writeExistsReply } from '../wire/exists.ts';
import { writeGetAclReply } from '../wire/get-acl.ts';
import { writeGetChildrenReply } from '../wire/get-children.ts';
import { writeGetDataReply } from '../wire/get-data.ts';
import { emptyPathRequest, readPath, readPathWatch } from '../wire/path-request.ts';
import { Reader } from '../wire/reader.ts';
import { writeHeaderReply } from '../wire/reply-header.ts';
import { writeSyncReply } from '../wire/sync.ts';
import type { Writer } from '../wire/writer.ts';

/** Whether an operation is answered from this member's own tree. */
export function isReadOp(op: number): boolean {
  switch (op) {
    case OpCode.getData:
    case OpCode.exists:
    case OpCode.getChildren:
    case OpCode.getChildren2:
    case OpCode.getAcl:
    case OpCode.ping:
      return true;
    default:
      return false;
  }
}

const request = emptyPathRequest();
const syncReader = new Reader();

/**
 * Writes the reply to a read whose record `reader` stands at, as far as `identities` may see; false where the record cannot be
 * read.
 */
export function answerRead(
  writer: Writer,
  xid: number,
  op: number,
  reader: Reader,
  tree: Tree,
  identities: Identities,
  zxid: number,
): boolean {
  if (op === OpCode.ping) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.ok);
    return true;
  }
  if (op === OpCode.getAcl) readPath(reader, request);
  else readPathWatch(reader, request);
  if (reader.failed) return false;
  // Better than a client that waits for an event for ever: there are no watches yet.
  if (request.watch) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.unimplemented);
    return true;
  }
  if (request.pathStart < 0) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
    return true;
  }
  const slot = tree.lookup(request.bytes, request.pathStart, request.pathEnd);
  if (slot === NO_SLOT) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.noNode);
    return true;
  }
  if (!isAllowed(op, slot, tree, identities)) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.noAuth);
    return true;
  }
  switch (op) {
    case OpCode.getData:
      writeGetDataReply(writer, xid, zxid, tree, slot);
      break;
    case OpCode.exists:
      writeExistsReply(writer, xid, zxid, tree, slot);
      break;
    case OpCode.getAcl:
      writeGetAclReply(writer, xid, zxid, tree, slot, !tree.permits(slot, Permission.admin, identities));
      break;
    default:
      writeGetChildrenReply(writer, xid, zxid, tree, slot, op === OpCode.getChildren2);
  }
  return true;
}

function isAllowed(op: number, slot: Slot, tree: Tree, identities: Identities): boolean {
  const wanted = op === OpCode.getAcl ? Permission.read | Permission.admin : Permission.read;
  return tree.permits(slot, wanted, identities);
}

/** Writes the reply to a sync: its path, as it came. */
export function answerSync(writer: Writer, xid: number, record: Uint8Array, zxid: number): void {
  readPath(syncReader.reset(record, 0, record.length), request);
  if (syncReader.failed) writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
  else writeSyncReply(writer, xid, zxid, request.bytes, request.pathStart, request.pathEnd);
}
