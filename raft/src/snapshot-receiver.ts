/**
 * The follower's side of a snapshot's way: pieces are written aside in order; once all are there, the next Write
 * installs the snapshot in place of log and state machine, and the leader hears of it when that is durable.
 */
import { send, sendOnceDurable } from './durability.ts';
import { MessageType, type SnapshotChunk } from './messages.ts';
import { IncomingSnapshot, type RaftNode } from './node.ts';
import type { SnapshotMeta } from './types.ts';

function respond(node: RaftNode, index: number, offset: number): void {
  send(node, {
    type: MessageType.snapshotResponse,
    from: node.id,
    to: node.leader,
    term: node.term,
    index,
    offset,
    installed: false,
  });
}

/** The log holds all that the snapshot does: no need to install it. */
function isCovered(node: RaftNode, snapshot: SnapshotMeta): boolean {
  return snapshot.index <= node.log.commit || node.log.termAt(snapshot.index) === snapshot.term;
}

/** `followLeader` has been called. */
export function onSnapshotChunk(node: RaftNode, message: SnapshotChunk): void {
  const { snapshot, offset, data, done } = message;
  if (isCovered(node, snapshot)) {
    node.matched = Math.max(node.matched, snapshot.index);
    node.log.commitTo(snapshot.index);
    node.acknowledgementOwed = true;
    return;
  }
  // One piece is written at a time, and those of a snapshot that is being installed stay untouched until then; the
  // leader tries again.
  if (node.writingAside !== undefined || node.durable.installing) return;
  let incoming = node.incomingSnapshot;
  const same =
    incoming !== undefined &&
    incoming.from === message.from &&
    incoming.snapshot.index === snapshot.index &&
    incoming.snapshot.term === snapshot.term;
  if (incoming === undefined || !same) {
    if (offset !== 0) {
      respond(node, snapshot.index, 0);
      return;
    }
    incoming = new IncomingSnapshot(message.from, snapshot);
    node.incomingSnapshot = incoming;
  }
  if (
    offset !== incoming.written ||
    data.length > node.options.snapshotChunkBytes ||
    (data.length === 0 && !done)
  ) {
    respond(node, snapshot.index, incoming.written);
    return;
  }
  incoming.writing = data.length;
  incoming.done = done;
  node.writingAside = incoming.snapshot;
  node.snapshotWrites.push({ snapshot: incoming.snapshot, offset, data, done });
}

/** The piece at `offset` of that very snapshot (the object given out) is written aside. */
export function snapshotWritten(node: RaftNode, snapshot: SnapshotMeta, offset: number): void {
  if (node.writingAside !== snapshot) return;
  node.writingAside = undefined;
  const incoming = node.incomingSnapshot;
  if (incoming === undefined || incoming.snapshot !== snapshot || incoming.written !== offset) return;
  incoming.written += incoming.writing;
  incoming.writing = 0;
  if (!incoming.done) {
    respond(node, snapshot.index, incoming.written);
    return;
  }
  node.incomingSnapshot = undefined;
  if (isCovered(node, snapshot)) node.acknowledgementOwed = true;
  else install(node, snapshot);
}

/** The piece could not be written aside: what was received is forgotten, and the leader begins again at 0. */
export function snapshotWriteFailed(node: RaftNode, snapshot: SnapshotMeta): void {
  if (node.writingAside !== snapshot) return;
  node.writingAside = undefined;
  if (node.incomingSnapshot?.snapshot === snapshot) node.incomingSnapshot = undefined;
}

function install(node: RaftNode, snapshot: SnapshotMeta): void {
  node.log.restore(snapshot);
  node.configurations.reset(snapshot.configuration);
  node.durable.snapshot = snapshot;
  node.matched = snapshot.index;
  sendOnceDurable(node, {
    type: MessageType.snapshotResponse,
    from: node.id,
    to: node.leader,
    term: node.term,
    index: snapshot.index,
    offset: 0,
    installed: true,
  });
}
