/**
 * A snapshot's way from the leader to a follower, one piece under way at a time.
 *
 *   leader:   SnapshotRead → snapshotRead() → SnapshotChunk →
 *   follower: → SnapshotWrite → snapshotWritten() → SnapshotResponse (offset wanted next) → leader … Write installs it → installed
 *
 * Nothing heard for a while: the same piece is read and sent again. Another snapshot read than the one under way: the
 * follower begins again at 0. The follower writes pieces aside in order; once all are there, its next Write installs the
 * snapshot in place of log and state machine, and the leader hears of it when that is durable.
 */
import { send, sendOnceDurable } from './durability.ts';
import { MessageType, type SnapshotChunk, type SnapshotResponse } from './messages.ts';
import type { RaftNode } from './node.ts';
import { type Progress, ProgressState } from './progress.ts';
import { type Follower, IncomingSnapshot } from './roles.ts';
import type { NodeId, SnapshotMeta } from './types.ts';

/** Heartbeat intervals without an answer after which a piece counts as lost. */
const LOST_AFTER_HEARTBEATS = 4;

/** Asks the program for the next piece, unless one is under way. */
export function continueSnapshot(node: RaftNode, progress: Progress): void {
  if (progress.snapshotBusy) return;
  progress.snapshotBusy = true;
  progress.snapshotSilentTicks = 0;
  node.snapshotReads.push({
    to: progress.id,
    index: progress.snapshotIndex,
    offset: progress.snapshotOffset,
  });
}

function receiving(node: RaftNode, to: NodeId): Progress | undefined {
  const progress = node.asLeader?.progress.get(to);
  return progress?.state === ProgressState.snapshot ? progress : undefined;
}

export function snapshotRead(
  node: RaftNode,
  to: NodeId,
  snapshot: SnapshotMeta,
  offset: number,
  data: Uint8Array,
  done: boolean,
): void {
  const progress = receiving(node, to);
  if (progress === undefined) return;
  if (snapshot.index < node.log.base || snapshot.index > node.log.commit) return;
  if (progress.snapshotIndex !== snapshot.index) {
    progress.snapshotOffset = 0;
    if (offset !== 0) {
      progress.restartSnapshot();
      return;
    }
    progress.snapshotIndex = snapshot.index;
  }
  if (offset !== progress.snapshotOffset) return;
  const { id: from, term } = node;
  send(node, { type: MessageType.snapshotChunk, from, to, term, snapshot, offset, data, done });
}

/** Tries again, from the beginning of the newest snapshot, once the time of a lost piece is over. */
export function snapshotReadFailed(node: RaftNode, to: NodeId): void {
  const progress = receiving(node, to);
  if (progress === undefined) return;
  progress.restartSnapshot();
  progress.snapshotBusy = true;
}

export function onSnapshotResponse(progress: Progress, message: SnapshotResponse): void {
  if (progress.state !== ProgressState.snapshot || message.index !== progress.snapshotIndex) return;
  if (message.installed) {
    progress.match = Math.max(progress.match, message.index);
    progress.becomeProbe(progress.match + 1);
    return;
  }
  if (message.offset === progress.snapshotOffset) return;
  progress.snapshotOffset = message.offset;
  progress.snapshotBusy = false;
}

export function tickSnapshot(node: RaftNode, progress: Progress): void {
  if (progress.state !== ProgressState.snapshot || !progress.snapshotBusy) return;
  progress.snapshotSilentTicks += 1;
  if (progress.snapshotSilentTicks >= LOST_AFTER_HEARTBEATS * node.options.heartbeatTicks)
    progress.snapshotBusy = false;
}

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

export function onSnapshotChunk(node: RaftNode, follower: Follower, message: SnapshotChunk): void {
  const { snapshot, offset, data, done } = message;
  if (isCovered(node, snapshot)) {
    follower.matched = Math.max(follower.matched, snapshot.index);
    node.log.commitTo(snapshot.index);
    follower.acknowledgementOwed = true;
    return;
  }
  // One piece is written at a time, and those of a snapshot that is being installed stay untouched until then; the
  // leader tries again.
  if (node.writingAside !== undefined || node.durable.installing) return;
  let incoming = follower.incomingSnapshot;
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
    follower.incomingSnapshot = incoming;
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
  const follower = node.asFollower;
  const incoming = follower?.incomingSnapshot;
  if (follower === undefined || incoming?.snapshot !== snapshot || incoming.written !== offset) return;
  incoming.written += incoming.writing;
  incoming.writing = 0;
  if (!incoming.done) {
    respond(node, snapshot.index, incoming.written);
    return;
  }
  follower.incomingSnapshot = undefined;
  if (isCovered(node, snapshot)) follower.acknowledgementOwed = true;
  else install(node, follower, snapshot);
}

/** The piece could not be written aside: what was received is forgotten, and the leader begins again at 0. */
export function snapshotWriteFailed(node: RaftNode, snapshot: SnapshotMeta): void {
  if (node.writingAside !== snapshot) return;
  node.writingAside = undefined;
  const follower = node.asFollower;
  if (follower?.incomingSnapshot?.snapshot === snapshot) follower.incomingSnapshot = undefined;
}

function install(node: RaftNode, follower: Follower, snapshot: SnapshotMeta): void {
  node.log.restore(snapshot);
  node.configurations.reset(snapshot.configuration);
  node.durable.snapshot = snapshot;
  follower.matched = snapshot.index;
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
