import { forgetRounds } from './catching-up.ts';
import { NOTHING_ACKNOWLEDGED, type RaftNode } from './node.ts';
import { quorumSilentTicks } from './quorum.ts';
import { refuseReads } from './read-index.ts';
import { forgetCatchUp } from './suspect.ts';
import { type NodeId, Role } from './types.ts';

/** Hurried retries wait for linkDownTicks doubled so many times at most; a slow disk must not lose every race. */
const MAX_DOUBLINGS = 8;

/** The wait before the next attempt at an election: short while the leader's link is known to be broken. */
export function drawRetryTicks(node: RaftNode): number {
  if (!node.hurried) return node.drawElectionTicks();
  const doubled = node.options.linkDownTicks * 2 ** Math.min(node.failedCampaigns, MAX_DOUBLINGS);
  return 1 + node.prng.below(Math.min(doubled, node.options.electionTicks));
}

function changeLeader(node: RaftNode, leader: NodeId): void {
  refuseReads(node);
  node.leader = leader;
  node.matched = 0;
  node.acknowledged = NOTHING_ACKNOWLEDGED;
  node.acknowledgementOwed = false;
  node.incomingSnapshot = undefined;
  forgetRounds(node);
  forgetCatchUp(node);
}

function leaveLeadership(node: RaftNode): void {
  node.silentTicks = quorumSilentTicks(node);
  node.progress.clear();
  node.peers.length = 0;
  node.transferee = 0;
  node.uncommittedBytes = 0;
  node.entriesReads = [];
  node.snapshotReads = [];
}

/** Takes up `term` where it is newer, and knows no leader. */
export function becomeFollower(node: RaftNode, term: number): void {
  const wasFollower = node.role === Role.follower;
  if (node.role === Role.leader) leaveLeadership(node);
  if (node.leader !== 0 || term > node.term) changeLeader(node, 0);
  if (term > node.term) {
    node.term = term;
    node.vote = 0;
    node.pendingVote = undefined;
  }
  node.role = Role.follower;
  node.votes.clear();
  node.transferCampaign = false;
  if (!wasFollower) node.electionTimer = drawRetryTicks(node);
}

/** A message that only the leader of the current term sends has come. */
export function followLeader(node: RaftNode, leader: NodeId): void {
  if (node.leader !== leader || node.role !== Role.follower) {
    becomeFollower(node, node.term);
    changeLeader(node, leader);
    // Whoever follows the leader of a term must never help another one in it, even if its disk forgot its vote.
    if (node.vote === 0) node.vote = leader;
    node.hurried = false;
    node.failedCampaigns = 0;
  }
  node.silentTicks = 0;
  node.electionTimer = node.drawElectionTicks();
}

/** No leader any more, whatever the reason: those who asked through it must ask again. */
export function loseLeader(node: RaftNode): void {
  if (node.leader !== 0) changeLeader(node, 0);
}
