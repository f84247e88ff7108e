import { afterCommit } from './membership.ts';
import type { RaftNode } from './node.ts';
import type { Progress } from './progress.ts';
import { quorumReached } from './progress-quorum.ts';
import { releaseWaitingReads } from './read-index.ts';
import { Role } from './types.ts';

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
