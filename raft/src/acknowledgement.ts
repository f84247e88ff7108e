/** The leader's receiving side: what followers answer to appends and heartbeats. */
import { afterCommit } from './membership.ts';
import type { AppendResponse, HeartbeatResponse } from './messages.ts';
import type { RaftNode } from './node.ts';
import { type Progress, ProgressState } from './progress.ts';
import { quorumReached } from './quorum.ts';
import { confirmReads, releaseWaitingReads } from './read-index.ts';
import { sendLossCheck } from './replication.ts';
import { Fitness, Role } from './types.ts';

export function onAppendResponse(node: RaftNode, message: AppendResponse, progress: Progress): void {
  if (message.index > node.log.last) return;
  if (message.accepted) onAccepted(node, message.index, progress);
  else onRefused(node, message, progress);
}

function onAccepted(node: RaftNode, index: number, progress: Progress): void {
  const advanced = index > progress.match;
  if (advanced) progress.match = index;
  if (progress.state === ProgressState.probe) progress.becomeReplicate();
  else if (progress.state === ProgressState.snapshot && index >= node.log.base) progress.becomeReplicate();
  if (progress.next <= index) progress.next = index + 1;
  progress.inflight.acknowledged(index);
  if (advanced) advanceCommit(node);
}

/** Backs up to where both logs may agree, a whole term at a time (paper, 5.3). */
function onRefused(node: RaftNode, message: AppendResponse, progress: Progress): void {
  const { index, hintIndex, hintTerm } = message;
  if (progress.state === ProgressState.snapshot) return;
  if (progress.state === ProgressState.probe && index !== progress.next - 1) return;
  // Below what it once acknowledged: a stale refusal, or a suspect member that lost its tail. To forget the
  // acknowledgement is right for the one and safe for the other.
  if (index <= progress.match) progress.match = 0;
  const agreed = hintTerm > 0 ? node.log.lastWithTermAtMost(hintIndex, hintTerm) : hintIndex;
  progress.becomeProbe(Math.max(progress.match + 1, Math.min(index, agreed + 1)));
}

export function onHeartbeatResponse(node: RaftNode, message: HeartbeatResponse, progress: Progress): void {
  progress.fitness = message.fitness ?? Fitness.able;
  if (message.round > progress.round && message.round <= node.round) {
    progress.round = message.round;
    confirmReads(node);
  }
  progress.paused = false;
  const waiting = progress.state === ProgressState.replicate && progress.match < progress.next - 1;
  if (waiting && progress.match === progress.matchAtHeartbeat) sendLossCheck(node, progress);
  progress.matchAtHeartbeat = progress.match;
}

const matchOf = (progress: Progress): number => progress.match;

/**
 * Commits what a majority holds durably, the leader counting itself only once it has persisted, and only up to an entry of
 * its own term: earlier ones commit along with that (paper, 5.4.2).
 */
export function advanceCommit(node: RaftNode): void {
  if (node.role !== Role.leader) return;
  const { log } = node;
  const index = quorumReached(node, log.persisted, matchOf);
  if (index <= log.commit || log.termAt(index) !== node.term) return;
  const before = log.commit;
  log.commitTo(index);
  node.uncommittedBytes -= log.bytesBetween(before + 1, index);
  if (before < node.termStart) releaseWaitingReads(node);
  afterCommit(node);
}
