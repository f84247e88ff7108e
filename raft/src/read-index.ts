/**
 * Linearizable reads (thesis, 6.4): the leader notes its commit index, confirms by a round of heartbeats to a majority
 * that no newer leader existed then, and the reader waits until it has applied that index.
 */
import { send } from './durability.ts';
import { MessageType, type ReadIndex, type ReadIndexResponse } from './messages.ts';
import type { RaftNode } from './node.ts';
import { quorumReached } from './quorum.ts';
import type { Follower, Leader } from './roles.ts';
import { type NodeId, Role } from './types.ts';

/** Reads that wait at one member; more are refused. */
export const MAX_PENDING_READS = 100_000;
/** An answer that refuses. */
export const REFUSED = -1;

function answer(node: RaftNode, from: NodeId, token: number, index: number): void {
  if (from === node.id) node.readStates.push({ token, index });
  else
    send(node, {
      type: MessageType.readIndexResponse,
      from: node.id,
      to: from,
      term: node.term,
      token,
      index,
    });
}

function register(node: RaftNode, leader: Leader, from: NodeId, token: number): void {
  if (leader.waitingReads.length + leader.pendingReads.length >= MAX_PENDING_READS)
    answer(node, from, token, REFUSED);
  else if (node.log.commit < leader.termStart) leader.waitingReads.push({ token, from, index: 0, round: 0 });
  else {
    leader.pendingReads.push({ token, from, index: node.log.commit, round: node.round + 1 });
    leader.isRoundWanted = true;
  }
}

/** Asks the leader, unless that cannot be reached or too many ask already. */
function forward(node: RaftNode, { leader, forwardedReads }: Follower, token: number): boolean {
  if (!node.connected.has(leader) || forwardedReads.size >= MAX_PENDING_READS) return false;
  forwardedReads.set(token, node.now + node.options.electionTicks);
  send(node, { type: MessageType.readIndex, from: node.id, to: leader, term: node.term, token });
  return true;
}

/** A read of this member's own program. */
export function readIndex(node: RaftNode, token: number): void {
  const { state } = node;
  if (state.role === Role.leader) register(node, state, node.id, token);
  else if (state.role !== Role.follower || !forward(node, state, token))
    answer(node, node.id, token, REFUSED);
}

export function onReadIndex(node: RaftNode, message: ReadIndex): void {
  const leader = node.asLeader;
  if (leader !== undefined) register(node, leader, message.from, message.token);
  else answer(node, message.from, message.token, REFUSED);
}

export function onReadIndexResponse(node: RaftNode, message: ReadIndexResponse): void {
  const follower = node.asFollower;
  if (message.from !== follower?.leader || !follower.forwardedReads.delete(message.token)) return;
  node.readStates.push({ token: message.token, index: message.index });
}

/** An entry of the leader's own term has committed: the commit index now covers every earlier term's. */
export function releaseWaitingReads(node: RaftNode, leader: Leader): void {
  const waiting = leader.waitingReads;
  if (waiting.length === 0) return;
  leader.waitingReads = [];
  for (const read of waiting) register(node, leader, read.from, read.token);
}

const roundOf = (progress: { readonly round: number }): number => progress.round;

/** Answers every read whose round a majority has echoed. */
export function confirmReads(node: RaftNode, leader: Leader): void {
  const { pendingReads } = leader;
  if (pendingReads.length === 0) return;
  const confirmed = quorumReached(node, leader, node.round, roundOf);
  let count = 0;
  for (const read of pendingReads) {
    if (read.round > confirmed) break;
    answer(node, read.from, read.token, read.index);
    count += 1;
  }
  if (count > 0) leader.pendingReads = pendingReads.slice(count);
}

/** The leader changed or is lost: nobody will confirm these. */
export function refuseReads(node: RaftNode): void {
  const { state } = node;
  if (state.role === Role.leader) {
    for (const read of state.waitingReads) answer(node, read.from, read.token, REFUSED);
    for (const read of state.pendingReads) answer(node, read.from, read.token, REFUSED);
    state.waitingReads = [];
    state.pendingReads = [];
    state.isRoundWanted = false;
  } else if (state.role === Role.follower) {
    for (const token of state.forwardedReads.keys()) node.readStates.push({ token, index: REFUSED });
    state.forwardedReads.clear();
  }
}

/** Gives up forwarded reads whose question or answer was lost. */
export function tickReads(node: RaftNode, { forwardedReads }: Follower): void {
  for (const [token, deadline] of forwardedReads) {
    if (deadline > node.now) return;
    forwardedReads.delete(token);
    node.readStates.push({ token, index: REFUSED });
  }
}
