/** How a member becomes a follower and of whom, and its side of replication: appends, heartbeats, acknowledgements. */
import { configurationOf } from './configuration.ts';
import { send, sendOnceDurable } from './durability.ts';
import { InvariantViolation } from './errors.ts';
import { fitnessOf } from './fitness.ts';
import { type Append, type Heartbeat, MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import { quorumSilentTicks } from './quorum.ts';
import { refuseReads } from './read-index.ts';
import { Follower, type Leader, NOTHING_ACKNOWLEDGED } from './roles.ts';
import { clearWhenCaughtUp, contactLeader } from './suspect.ts';
import { type Entry, EntryKind, type NodeId, Role } from './types.ts';

/** Hurried retries wait for linkDownTicks doubled so many times at most; a slow disk must not lose every race. */
const MAX_DOUBLINGS = 8;

/** The wait before the next attempt at an election: short while the leader's link is known to be broken. */
export function drawRetryTicks(node: RaftNode): number {
  if (!node.hurried) return node.drawElectionTicks();
  const doubled = node.options.linkDownTicks * 2 ** Math.min(node.failedCampaigns, MAX_DOUBLINGS);
  return 1 + node.prng.below(Math.min(doubled, node.options.electionTicks));
}

function leaveLeadership(node: RaftNode, leader: Leader): void {
  node.silentTicks = quorumSilentTicks(node, leader);
  node.entriesReads = [];
  node.snapshotReads = [];
}

/** Takes up `term` where it is newer, and knows no leader. */
export function becomeFollower(node: RaftNode, term: number): void {
  const { state } = node;
  if (state.role === Role.leader) leaveLeadership(node, state);
  refuseReads(node);
  node.state = new Follower(0);
  if (term > node.term) {
    node.term = term;
    node.vote = 0;
    node.pendingVote = undefined;
  }
  if (state.role !== Role.follower) node.electionTimer = drawRetryTicks(node);
}

function beginToFollow(node: RaftNode, leader: NodeId): Follower {
  becomeFollower(node, node.term);
  const follower = new Follower(leader);
  node.state = follower;
  // Whoever follows the leader of a term must never help another one in it, even if its disk forgot its vote.
  if (node.vote === 0) node.vote = leader;
  node.hurried = false;
  node.failedCampaigns = 0;
  return follower;
}

/** A message that only the leader of the current term sends has come. */
export function followLeader(node: RaftNode, leader: NodeId): Follower {
  const { asFollower } = node;
  const follower = asFollower?.leader === leader ? asFollower : beginToFollow(node, leader);
  node.silentTicks = 0;
  node.electionTimer = node.drawElectionTicks();
  return follower;
}

/** No leader any more, whatever the reason: those who asked through it must ask again. */
export function loseLeader(node: RaftNode): void {
  if (node.leader === 0) return;
  refuseReads(node);
  node.state = new Follower(0);
}

function refuse(node: RaftNode, message: Append): void {
  const { log } = node;
  const hintIndex = log.lastWithTermAtMost(Math.min(message.prevIndex, log.last), message.prevTerm);
  send(node, {
    type: MessageType.appendResponse,
    from: node.id,
    to: message.from,
    term: node.term,
    accepted: false,
    index: message.prevIndex,
    hintIndex,
    hintTerm: Math.max(0, log.termAt(hintIndex)),
  });
}

/** Takes the entries that are new, after cutting off what conflicts with them (paper, 5.3). */
function takeEntries(node: RaftNode, follower: Follower, message: Append): void {
  const { log } = node;
  const { entries, prevIndex } = message;
  for (let i = 0; i < entries.length; i += 1) {
    const entry = entries[i] as Entry;
    if (entry.index <= log.last) {
      const term = log.termAt(entry.index);
      if (term === entry.term || term === -1) continue;
      log.truncateFrom(entry.index);
      node.configurations.truncateFrom(entry.index);
    }
    log.append(entry);
    if (entry.kind === EntryKind.configuration) {
      const configuration = configurationOf(entry);
      if (configuration !== undefined) node.configurations.append(configuration);
    }
  }
  follower.matched = Math.max(follower.matched, prevIndex + entries.length);
}

export function onAppend(node: RaftNode, follower: Follower, message: Append): void {
  const { log } = node;
  const { prevIndex, prevTerm } = message;
  const known = log.termAt(prevIndex);
  if (prevIndex > log.commit) {
    if (known !== prevTerm) {
      refuse(node, message);
      return;
    }
  } else if (known !== -1 && known !== prevTerm)
    throw new InvariantViolation('committed-entry-conflict', `index ${prevIndex}: ${known}, ${prevTerm}`);
  takeEntries(node, follower, message);
  // What only moves the commit index over entries that were acknowledged on this link needs no answer.
  const movesCommit = Math.min(message.commit, follower.matched) > log.commit;
  if (message.entries.length > 0 || prevIndex > follower.acknowledged || !movesCommit)
    follower.acknowledgementOwed = true;
  // A leader that at first heard only of what was durable before would send the rest again.
  if (follower.acknowledged === NOTHING_ACKNOWLEDGED && log.persisted < follower.matched)
    follower.acknowledged = log.persisted;
  follower.rounds.hear(message.commit, node.now);
  log.commitTo(Math.min(message.commit, follower.matched));
  contactLeader(node, follower);
  clearWhenCaughtUp(node);
}

export function onHeartbeat(node: RaftNode, follower: Follower, message: Heartbeat): void {
  node.log.commitTo(Math.min(message.commit, follower.matched));
  follower.rounds.atHeartbeat(node.log.applied, node.now, node.options.electionTicks);
  contactLeader(node, follower);
  const { id: from, term } = node;
  const response = {
    type: MessageType.heartbeatResponse,
    from,
    to: message.from,
    term,
    round: message.round,
    fitness: fitnessOf(node),
  };
  // Nothing but the term must be durable: behind the sync of a large batch the leader would take it for silence.
  if (node.durable.term === term) send(node, response);
  else sendOnceDurable(node, response);
}

/**
 * One acknowledgement for all appends since the last one, as far as they are durable: what is still being written
 * is told once it is.
 */
export function acknowledge(node: RaftNode, follower: Follower): void {
  if (!follower.acknowledgementOwed || follower.leader === 0) return;
  if (node.durable.term !== node.term) return;
  const { matched } = follower;
  const index = Math.min(matched, node.log.persisted);
  if (index < matched && index <= follower.acknowledged) return;
  follower.acknowledged = index;
  follower.acknowledgementOwed = index < matched;
  send(node, {
    type: MessageType.appendResponse,
    from: node.id,
    to: follower.leader,
    term: node.term,
    accepted: true,
    index,
    hintIndex: 0,
    hintTerm: 0,
  });
}
