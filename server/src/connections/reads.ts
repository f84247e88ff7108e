import {
  ErrorCode,
  emptyPathRequest,
  hasNul,
  NO_SLOT,
  type NodeReader,
  Permission,
  Reader,
  readPath,
  readPathWatch,
  type Slot,
  type Writer,
  writeExistsReply,
  writeGetAclReply,
  writeGetAllChildrenNumberReply,
  writeGetChildrenReply,
  writeGetDataReply,
  writeGetEphemeralsReply,
  writeHeaderReply,
  writeSyncReply,
  writeWhoAmIReply,
  Xid,
} from '@rookery/protocol';
import { permits } from '../model/access.ts';
import type { Tree } from '../tree/tree.ts';
import { WatchMode } from '../watch/watch-mode.ts';
import type { AnswerRead, ReadState } from './read.ts';
import type { Watcher } from './watches.ts';

/** A path that is put together takes as long as a look at so many nodes in a row. */
export const LOOKS_PER_PATH = 2;

const request = emptyPathRequest();
const syncReader = new Reader();

/** A read of one node, which its record names by its path. */
interface NodeRead {
  /** Any of these lets it be read. */
  readonly permissions: number;
  /** What the watch is for that its record may ask for; undefined where it has no such field. */
  readonly watches: WatchMode | undefined;
  /** A node that is missing is watched too. As in ZooKeeper it alone looks at the path itself, and at nothing else of it. */
  readonly isExists: boolean;
  /** It is counted by the tree, which knows nothing of nodes that are no part of it. */
  readonly isOfTree?: boolean;
  /** Takes in what its record has behind path and watch. */
  readRest?(reader: Reader): void;
  /** Why it is refused though the node may be read; ok where it is not. No watch is left then. */
  refuses?(slot: Slot, nodes: NodeReader, state: ReadState, client: Watcher): ErrorCode;
  /** The node is there, and may be read. */
  write(writer: Writer, xid: number, slot: Slot, nodes: NodeReader, state: ReadState, client: Watcher): void;
}

export function nodeRead(read: NodeRead): AnswerRead {
  const { permissions, watches, isExists, isOfTree, readRest, refuses, write } = read;
  return (writer, xid, reader, state, client) => {
    const { tree, lastZxid: zxid, keeperNodes } = state;
    if (watches === undefined) readPath(reader, request);
    else readPathWatch(reader, request);
    readRest?.(reader);
    if (reader.failed) return false;
    const { bytes, pathStart, pathEnd } = request;
    if (pathStart < 0) {
      writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
      return true;
    }
    const own = isOfTree ? undefined : keeperNodes?.find(bytes, pathStart, pathEnd);
    const slot = own === undefined ? tree.lookup(bytes, pathStart, pathEnd) : own.slot;
    if (own === undefined && slot !== NO_SLOT && !tree.permits(slot, permissions, client.identities)) {
      writeHeaderReply(writer, xid, zxid, ErrorCode.noAuth);
      return true;
    }
    if (isExists && slot === NO_SLOT && hasNul(bytes, pathStart, pathEnd)) {
      writeHeaderReply(writer, xid, zxid, ErrorCode.badArguments);
      return true;
    }
    const nodes = own === undefined ? state.configNode.readerOf(bytes, pathStart, pathEnd, tree) : own.nodes;
    const refusal = slot === NO_SLOT ? ErrorCode.ok : (refuses?.(slot, nodes, state, client) ?? ErrorCode.ok);
    if (refusal !== ErrorCode.ok) {
      writeHeaderReply(writer, xid, zxid, refusal);
      return true;
    }
    if (request.watch && (slot !== NO_SLOT || isExists) && !leaveWatch(watches!, state, client)) {
      writeHeaderReply(writer, xid, zxid, ErrorCode.systemError);
      return true;
    }
    if (slot === NO_SLOT) writeHeaderReply(writer, xid, zxid, ErrorCode.noNode);
    else write(writer, xid, slot, nodes, state, client);
    return true;
  };
}

/** The watch that `request` asks for; false where this member has no room for it. */
function leaveWatch(mode: WatchMode, { watches }: ReadState, client: Watcher): boolean {
  const { bytes, pathStart, pathEnd } = request;
  if (!watches.hasRoom(client, bytes, pathStart, pathEnd)) return false;
  watches.add(client, mode, bytes, pathStart, pathEnd);
  return true;
}

export const answerGetData = nodeRead({
  permissions: Permission.read,
  watches: WatchMode.data,
  isExists: false,
  write: (writer, xid, slot, nodes, { lastZxid }) => writeGetDataReply(writer, xid, lastZxid, nodes, slot),
});

export const answerExists = nodeRead({
  permissions: Permission.read,
  watches: WatchMode.data,
  isExists: true,
  write: (writer, xid, slot, nodes, { lastZxid }) => writeExistsReply(writer, xid, lastZxid, nodes, slot),
});

export const answerGetChildren = nodeRead({
  permissions: Permission.read,
  watches: WatchMode.children,
  isExists: false,
  write: (writer, xid, slot, nodes, { lastZxid }) =>
    writeGetChildrenReply(writer, xid, lastZxid, nodes, slot, false),
});

export const answerGetChildren2 = nodeRead({
  permissions: Permission.read,
  watches: WatchMode.children,
  isExists: false,
  write: (writer, xid, slot, nodes, { lastZxid }) =>
    writeGetChildrenReply(writer, xid, lastZxid, nodes, slot, true),
});

export const answerGetAcl = nodeRead({
  permissions: Permission.read | Permission.admin,
  watches: undefined,
  isExists: false,
  write: (writer, xid, slot, nodes, { lastZxid }, { identities }) => {
    const hidesDigests = !permits(nodes.acl(slot), Permission.admin, identities);
    writeGetAclReply(writer, xid, lastZxid, nodes, slot, hidesDigests);
  },
});

export const answerGetAllChildrenNumber = nodeRead({
  permissions: Permission.read,
  watches: undefined,
  isExists: false,
  isOfTree: true,
  write: (writer, xid, slot, _nodes, { tree, turns, lastZxid }) => {
    const count = countBelow(tree, slot);
    turns.spendLooks(tree.looksToCount(count));
    writeGetAllChildrenNumberReply(writer, xid, lastZxid, count);
  },
});

/** ZooKeeper takes the empty path for the root's, and then counts the root in. */
function countBelow(tree: Tree, slot: Slot): number {
  return request.pathEnd === request.pathStart ? tree.nodeCount : tree.countBelow(slot);
}

export const answerGetEphemerals: AnswerRead = (writer, xid, reader, state, { session }) => {
  const { tree, turns, bounds, lastZxid } = state;
  const prefix = reader.readString();
  if (reader.failed) return false;
  const slots = tree.ephemeralSlots(session);
  const looks = writeGetEphemeralsReply(writer, xid, lastZxid, tree, slots, prefix, bounds.answerBytes);
  turns.spendLooks(looks * LOOKS_PER_PATH);
  return true;
};

export const answerPing: AnswerRead = (writer, _xid, _reader, { lastZxid }) => {
  writeHeaderReply(writer, Xid.ping, lastZxid, ErrorCode.ok);
  return true;
};

export const answerWhoAmI: AnswerRead = (writer, xid, _reader, { lastZxid }, { identities }) => {
  writeWhoAmIReply(writer, xid, lastZxid, identities);
  return true;
};

/** Writes the reply to a sync: its path, as it came. */
export function answerSync(writer: Writer, xid: number, record: Uint8Array, zxid: number): void {
  readPath(syncReader.reset(record, 0, record.length), request);
  if (syncReader.failed) writeHeaderReply(writer, xid, zxid, ErrorCode.marshallingError);
  else writeSyncReply(writer, xid, zxid, request.bytes, request.pathStart, request.pathEnd);
}
