/**
 * Whether a follower keeps up with its leader, told in rounds as for new servers (dissertation, 4.2.1): a round is over once all has been
 * applied that was committed when it began, and the next one begins at the heartbeat after. Who takes less than an election timeout
 * for a round keeps up, however full of work both are: behind an overloaded leader nobody is ever closer than that.
 *
 *   first contact ──► round ──► heartbeat ──► round ──► heartbeat ──► …
 */
import type { RaftNode } from './node.ts';

/** Another leader, or none: nothing is known of what it has committed. */
export function forgetRounds(node: RaftNode): void {
  node.heardCommit = 0;
  node.roundCommit = 0;
  node.formerCommit = 0;
  node.keptUp = false;
}

/** An append has told what is committed. */
export function hearCommit(node: RaftNode, commit: number): void {
  if (node.heardCommit === 0) beginRound(node, commit);
  if (commit > node.heardCommit) node.heardCommit = commit;
}

/** At a heartbeat, behind the appends before it. */
export function reviewRound(node: RaftNode): void {
  if (node.heardCommit === 0) return;
  if (node.log.applied < node.roundCommit) {
    if (!isInTime(node)) node.keptUp = false;
    return;
  }
  node.keptUp = isInTime(node);
  node.formerCommit = node.roundCommit;
  beginRound(node, node.heardCommit);
}

/** The round has not taken too long yet. */
function isInTime(node: RaftNode): boolean {
  return node.now - node.roundBegan < node.options.electionTicks;
}

function beginRound(node: RaftNode, commit: number): void {
  node.roundCommit = commit;
  node.roundBegan = node.now;
}

/** @param applied how far the state is, which may be behind what Raft has handed over, and so behind the former round, too */
export function keepsUp(node: RaftNode, applied: number): boolean {
  // By a snapshot alone it has not heard yet what is committed beyond it; and one that is being installed is not its state.
  if (node.leader === 0 || node.heardCommit === 0 || node.durable.installing) return false;
  const isOver = applied >= node.roundCommit;
  if (!node.keptUp) return isOver && isInTime(node);
  return isOver || (isInTime(node) && applied >= node.formerCommit);
}
