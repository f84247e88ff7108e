/** Pre-votes, votes, and who asks for them when. */
import { isVoter, votersOf } from './configuration.ts';
import { send, sendOnceDurable } from './durability.ts';
import { canWrite, fitnessOf, isStalled } from './fitness.ts';
import { becomeFollower, drawRetryTicks, loseLeader } from './follower.ts';
import { becomeLeader } from './leadership.ts';
import { MessageType, type VoteRequest, type VoteResponse } from './messages.ts';
import type { RaftNode } from './node.ts';
import { Tally, tally } from './quorum.ts';
import { Candidate } from './roles.ts';
import { askStatuses, mayElect } from './suspect.ts';
import { type NodeId, Role } from './types.ts';

/**
 * Outside its configuration a member campaigns only while it does not know that this has committed: until then it may be the
 * one with the longest log, without which no majority of the old voters is found (thesis, 4.2.2).
 */
function isNeeded(node: RaftNode): boolean {
  const { id, configuration, configurations, log } = node;
  return isVoter(configuration, id) || isVoter(configurations.at(log.commit), id);
}

/** A member that is not needed, whose log is empty or suspect, or whose disk takes no writes, does not campaign. */
function mayCampaign(node: RaftNode): boolean {
  const { log } = node;
  if (!canWrite(fitnessOf(node)) || node.durable.installing) return false;
  return isNeeded(node) && mayElect(node, log.last, log.lastTerm, 0);
}

function askVote(node: RaftNode, candidate: Candidate, to: NodeId): void {
  const preVote = candidate.role === Role.preCandidate;
  send(node, {
    type: preVote ? MessageType.preVote : MessageType.vote,
    from: node.id,
    to,
    term: preVote ? node.term + 1 : node.term,
    lastIndex: node.log.last,
    lastTerm: node.log.lastTerm,
    transfer: candidate.isTransfer,
  });
}

function askVotes(node: RaftNode, candidate: Candidate): void {
  for (const id of votersOf(node.configuration)) {
    if (id !== node.id && !candidate.votes.has(id)) askVote(node, candidate, id);
  }
}

/** The leader is silent or its link broken: ask first whether an election would be won, which disturbs nobody (thesis, 9.6). */
export function startPreVote(node: RaftNode): void {
  loseLeader(node);
  if (!mayCampaign(node)) {
    askStatuses(node);
    node.electionTimer = drawRetryTicks(node);
    return;
  }
  const candidate = new Candidate(Role.preCandidate, false);
  node.state = candidate;
  candidate.votes.set(node.id, true);
  node.electionTimer = node.hurried ? 2 * node.options.linkDownTicks : node.drawElectionTicks();
  askVotes(node, candidate);
  countVotes(node, candidate);
}

/** Begins a new term; the requests leave, and the own vote counts, once that term and vote are durable. */
export function startVote(node: RaftNode, isTransfer: boolean): void {
  loseLeader(node);
  node.state = new Candidate(Role.candidate, isTransfer);
  node.term += 1;
  node.vote = node.id;
  node.pendingVote = undefined;
  node.electionTimer = node.drawElectionTicks();
}

/** A Write is durable: where it held the own vote, that counts now and the others are asked for theirs. */
export function onDurableVote(node: RaftNode): void {
  const candidate = awaitsOwnVote(node);
  if (candidate === undefined) return;
  askVotes(node, candidate);
  if (node.suspect) askStatuses(node);
  countOwnVote(node, candidate);
}

/** The candidate whose own vote is durable and not counted yet. */
function awaitsOwnVote(node: RaftNode): Candidate | undefined {
  const { state } = node;
  const isOpen =
    state.role === Role.candidate && node.durable.term === node.term && !state.votes.has(node.id);
  return isOpen ? state : undefined;
}

function countOwnVote(node: RaftNode, candidate: Candidate): void {
  const { log } = node;
  if (!mayElect(node, log.last, log.lastTerm, node.term)) return;
  candidate.votes.set(node.id, true);
  countVotes(node, candidate);
}

function countVotes(node: RaftNode, candidate: Candidate): void {
  const silent = (id: NodeId): boolean => id !== node.id && !node.connected.has(id);
  const result = tally(node.configuration, candidate.votes, silent);
  if (result === Tally.lost) giveUp(node);
  else if (result === Tally.won && candidate.role === Role.preCandidate) startVote(node, false);
  else if (result === Tally.won) becomeLeader(node);
}

/** Between attempts a member is a follower without a leader and grants what it refused as a rival. */
function giveUp(node: RaftNode): void {
  becomeFollower(node, node.term);
  node.electionTimer = drawRetryTicks(node);
  node.failedCampaigns += 1;
}

export function tickElection(node: RaftNode): void {
  node.silentTicks += 1;
  node.electionTimer -= 1;
  if (node.electionTimer > 0) return;
  if (node.role === Role.follower) startPreVote(node);
  else giveUp(node);
}

/** The link to whom this member depends on broke: do not wait for silence. */
export function hurryElection(node: RaftNode): void {
  node.hurried = true;
  const stagger = node.prng.below(node.options.linkDownTicks + 1);
  if (stagger === 0) startPreVote(node);
  else node.electionTimer = Math.min(node.electionTimer, stagger);
}

/** A leader that is linked and was heard of within an election timeout: no vote against it (thesis, 4.2.3). */
export function hasLiveLeader(node: RaftNode): boolean {
  if (node.role === Role.leader) return true;
  return (
    node.leader !== 0 && node.connected.has(node.leader) && node.silentTicks < node.options.electionTicks
  );
}

function respond(node: RaftNode, request: VoteRequest, granted: boolean): void {
  const preVote = request.type === MessageType.preVote;
  const response: VoteResponse = {
    type: preVote ? MessageType.preVoteResponse : MessageType.voteResponse,
    from: node.id,
    to: request.from,
    term: granted ? request.term : node.term,
    granted,
  };
  if (granted && !preVote) sendOnceDurable(node, response);
  else send(node, response);
}

/**
 * Of two that ask for pre-votes with equal logs the higher id goes first: both at once would split the votes. Whoever was refused by
 * the other one, which still held on to a leader then, cannot win, and would only keep that one from winning, too.
 */
function isRival(node: RaftNode, request: VoteRequest): boolean {
  const { log, state } = node;
  if (state.role !== Role.preCandidate || state.votes.get(request.from) === false) return false;
  const equal = request.lastTerm === log.lastTerm && request.lastIndex === log.last;
  return equal && node.id > request.from;
}

/** Promises nothing and changes no term. */
export function onPreVote(node: RaftNode, request: VoteRequest): void {
  const { lastIndex, lastTerm } = request;
  const granted =
    request.term > node.term &&
    !hasLiveLeader(node) &&
    // The vote itself could not be given.
    !isStalled(node) &&
    node.log.isUpToDate(lastIndex, lastTerm) &&
    mayElect(node, lastIndex, lastTerm, 0) &&
    !isRival(node, request);
  if (granted && node.role === Role.preCandidate) becomeFollower(node, node.term);
  if (granted && node.role === Role.follower && node.hurried) {
    // Let the other one finish: twice the stagger is ample for its real vote.
    const patience = 2 * node.options.linkDownTicks + node.prng.below(node.options.linkDownTicks);
    if (node.electionTimer < patience) node.electionTimer = patience;
  }
  respond(node, request, granted);
}

/** Has not voted in this term, or for that candidate. */
function isFree(node: RaftNode, candidate: NodeId): boolean {
  return node.vote === candidate || (node.vote === 0 && node.leader === 0);
}

/** `step` has taken up the request's term where it is newer. */
export function onVote(node: RaftNode, request: VoteRequest): void {
  const { from, lastIndex, lastTerm } = request;
  if (request.term !== node.term || !isFree(node, from) || !node.log.isUpToDate(lastIndex, lastTerm)) {
    respond(node, request, false);
    return;
  }
  if (!mayElect(node, lastIndex, lastTerm, request.term)) {
    if (node.suspect && !node.isBlank) {
      node.pendingVote = request;
      askStatuses(node);
    } else respond(node, request, false);
    return;
  }
  grantVote(node, request);
}

function grantVote(node: RaftNode, request: VoteRequest): void {
  node.vote = request.from;
  node.pendingVote = undefined;
  node.electionTimer = node.drawElectionTicks();
  respond(node, request, true);
}

/** A voter's log status has come: a suspect member may now be able to vote. Asks nobody, or answers would multiply. */
export function reconsiderVotes(node: RaftNode): void {
  const pending = node.pendingVote;
  if (pending !== undefined && node.role === Role.follower) {
    const { from, lastIndex, lastTerm, term } = pending;
    const stillUpToDate = node.log.isUpToDate(lastIndex, lastTerm) && isFree(node, from);
    if (stillUpToDate && mayElect(node, lastIndex, lastTerm, term)) grantVote(node, pending);
  }
  const candidate = awaitsOwnVote(node);
  if (candidate !== undefined) countOwnVote(node, candidate);
}

export function onPreVoteResponse(node: RaftNode, response: VoteResponse): void {
  const { state } = node;
  if (state.role !== Role.preCandidate) return;
  if (response.granted && response.term !== node.term + 1) return;
  state.votes.set(response.from, response.granted);
  countVotes(node, state);
}

export function onVoteResponse(node: RaftNode, response: VoteResponse): void {
  const { state } = node;
  if (state.role !== Role.candidate || response.term !== node.term) return;
  state.votes.set(response.from, response.granted);
  countVotes(node, state);
}

export function onTimeoutNow(node: RaftNode, from: NodeId): void {
  if (from === node.leader && node.role === Role.follower && mayCampaign(node)) startVote(node, true);
}

/** A link came up: in the middle of an election that peer was not asked yet. */
export function askNewlyConnected(node: RaftNode, id: NodeId): void {
  const { state } = node;
  if (state.role !== Role.preCandidate && state.role !== Role.candidate) return;
  if (!isVoter(node.configuration, id) || state.votes.has(id)) return;
  if (state.role === Role.preCandidate || node.durable.term === node.term) askVote(node, state, id);
}

/** A link went down: that peer can give no vote any more, and if it was to lead, nobody will. */
export function onLinkDown(node: RaftNode, id: NodeId): void {
  const { state } = node;
  if (state.role === Role.leader) return;
  if (state.role !== Role.follower) countVotes(node, state);
  else if (state.leader === id || (state.leader === 0 && node.vote === id)) hurryElection(node);
}
