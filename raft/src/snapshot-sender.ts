/**
 * The leader's side of a snapshot's way to a follower: one piece under way at a time.
 *
 *   SnapshotRead → snapshotRead() → SnapshotChunk → SnapshotResponse (offset wanted next) → SnapshotRead … installed
 *
 * Nothing heard for a while: the same piece is read and sent again. Another snapshot read than the one under way: the
 * follower begins again at 0.
 */
import { send } from './durability.ts';
import { MessageType, type SnapshotResponse } from './messages.ts';
import type { RaftNode } from './node.ts';
import { type Progress, ProgressState } from './progress.ts';
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
  const progress = node.progress.get(to);
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

export function onSnapshotResponse(message: SnapshotResponse, progress: Progress): void {
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
