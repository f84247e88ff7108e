import { Reader } from '../codec/jute-reader.ts';
import type { Writer } from '../codec/jute-writer.ts';
import { type Identities, Permission } from '../model/acl.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { NO_SLOT, type Slot } from '../model/ids.ts';
import { OpCode } from '../model/op-codes.ts';
import { hasNul } from '../model/path.ts';
import type { Tree } from '../tree/tree.ts';
import { writeExistsReply } from '../wire/exists.ts';
import { writeGetAclReply } from '../wire/get-acl.ts';
import { writeGetAllChildrenNumberReply } from '../wire/get-all-children-number.ts';
import { writeGetChildrenReply } from '../wire/get-children.ts';
import { writeGetDataReply } from '../wire/get-data.ts';
import { writeGetEphemeralsReply } from '../wire/get-ephemerals.ts';
import { emptyPathRequest, readPath, readPathWatch } from '../wire/path-request.ts';
import { writeHeaderReply } from '../wire/reply-header.ts';
import { Xid } from '../wire/request-header.ts';
import { writeSyncReply } from '../wire/sync.ts';
import { writeWhoAmIReply } from '../wire/who-am-i.ts';
import type { Asker } from './asker.ts';
import { answerMultiRead } from './multi-read.ts';
import { answerWatchRequest, isWatchOp, type WatchState } from './watch-requests.ts';
import { modeOfRead, type Watcher } from './watches.ts';

/** Whether an operation is answered from this member's own tree. */
export function isReadOp(op: number): boolean {
  switch (op) {
    case OpCode.getData:
    case OpCode.exists:
    case OpCode.getChildren:
    case OpCode.getChildren2:
    case OpCode.getAcl:
    case OpCode.getAllChildrenNumber:
    case OpCode.getEphemerals:
    case OpCode.multiRead:
    case OpCode.whoAmI:
    case OpCode.ping:
      return true;
    default:
      return isWatchOp(op);
  }
}

/** A path that is put together takes as long as a look at so many nodes in a row. */
const LOOKS_PER_PATH = 2;

const request = emptyPathRequest();
const syncReader = new Reader();

/**
 * Writes the reply to a read whose record `reader` stands at, as far as `client` may see, and leaves the watch that it asks for;
 * false where the record cannot be read.
 */
export function answerRead(
  writer: Writer,
  xid: number,
  op: number,
  reader: Reader,
  state: WatchState,
  client: Watcher,
): boolean {
  if (isWatchOp(op)) {
    answerWatchRequest(writer, xid, op, reader, state, client);
    return true;
  }
  const { tree, lastZxid: zxid } = state;
  switch (op) {
    case OpCode.ping:
      writeHeaderReply(writer, Xid.ping, zxid, ErrorCode.ok);
      return true;
    case OpCode.whoAmI:
      writeWhoAmIReply(writer, xid, zxid, client.identities);
      return true;
    case OpCode.multiRead:
      return answerMultiRead(writer, xid, zxid, reader, state, client);
    case OpCode.getEphemerals:
      return answerGetEphemerals(writer, xid, zxid, reader, state, client);
    case OpCode.getAcl:
    case OpCode.getAllChildrenNumber:
      readPath(reader, request);
      break;
    default:
      readPathWatch(reader, request);
  }
  if (reader.failed) return false;
  if (request.pathStart < 0) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
    return true;
  }
  const slot = tree.lookup(request.bytes, request.pathStart, request.pathEnd);
  if (slot !== NO_SLOT && !isAllowed(op, slot, tree, client.identities)) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.noAuth);
    return true;
  }
  // As in ZooKeeper: of all reads exists alone looks at the path itself, and at nothing else of it.
  if (op === OpCode.exists && slot === NO_SLOT && hasNul(request.bytes, request.pathStart, request.pathEnd)) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.badArguments);
    return true;
  }
  // A missing node is watched by exists only.
  if (request.watch && (slot !== NO_SLOT || op === OpCode.exists) && !leaveWatch(op, state, client)) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.systemError);
    return true;
  }
  if (slot === NO_SLOT) {
    writeHeaderReply(writer, xid, zxid, ErrorCode.noNode);
    return true;
  }
  const nodes = state.configNode.readerOf(request.bytes, request.pathStart, request.pathEnd, tree);
  switch (op) {
    case OpCode.getData:
      writeGetDataReply(writer, xid, zxid, nodes, slot);
      break;
    case OpCode.exists:
      writeExistsReply(writer, xid, zxid, nodes, slot);
      break;
    case OpCode.getAcl:
      writeGetAclReply(
        writer,
        xid,
        zxid,
        tree,
        slot,
        !tree.permits(slot, Permission.admin, client.identities),
      );
      break;
    case OpCode.getAllChildrenNumber: {
      const count = countBelow(tree, slot);
      state.turns.spendLooks(tree.looksToCount(count));
      writeGetAllChildrenNumberReply(writer, xid, zxid, count);
      break;
    }
    default:
      writeGetChildrenReply(writer, xid, zxid, nodes, slot, op === OpCode.getChildren2);
  }
  return true;
}

/** The watch that `request` asks for; false where this member has no room for it. */
function leaveWatch(op: number, { watches }: WatchState, client: Watcher): boolean {
  const { bytes, pathStart, pathEnd } = request;
  if (!watches.hasRoom(client, bytes, pathStart, pathEnd)) return false;
  const mode = modeOfRead(op === OpCode.getChildren || op === OpCode.getChildren2);
  watches.add(client, mode, bytes, pathStart, pathEnd);
  return true;
}

function isAllowed(op: number, slot: Slot, tree: Tree, identities: Identities): boolean {
  const wanted = op === OpCode.getAcl ? Permission.read | Permission.admin : Permission.read;
  return tree.permits(slot, wanted, identities);
}

/** ZooKeeper takes the empty path for the root's, and then counts the root in. */
function countBelow(tree: Tree, slot: Slot): number {
  return request.pathEnd === request.pathStart ? tree.nodeCount : tree.countBelow(slot);
}

function answerGetEphemerals(
  writer: Writer,
  xid: number,
  zxid: number,
  reader: Reader,
  { tree, turns, bounds }: WatchState,
  { session }: Asker,
): boolean {
  const prefix = reader.readString();
  if (reader.failed) return false;
  const slots = tree.ephemeralSlots(session);
  const looks = writeGetEphemeralsReply(writer, xid, zxid, tree, slots, prefix, bounds.answerBytes);
  turns.spendLooks(looks * LOOKS_PER_PATH);
  return true;
}

/** Writes the reply to a sync: its path, as it came. */
export function answerSync(writer: Writer, xid: number, record: Uint8Array, zxid: number): void {
  readPath(syncReader.reset(record, 0, record.length), request);
  if (syncReader.failed) writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
  else writeSyncReply(writer, xid, zxid, request.bytes, request.pathStart, request.pathEnd);
}
