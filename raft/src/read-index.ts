/**
 * Linearizable reads (thesis, 6.4): the leader notes its commit index, confirms by a round of heartbeats to a majority
 * that no newer leader existed then, and the reader waits until it has applied that index.
 */
import { send } from './durability.ts';
import { MessageType, type ReadIndex, type ReadIndexResponse } from './messages.ts';
import type { RaftNode } from './node.ts';
import { quorumReached } from './quorum.ts';
import { type NodeId, Role } from './types.ts';

/** Reads that wait at one member; more are refused. */
export const MAX_PENDING_READS = 100_000;
/** An answer that refuses. */
export const REFUSED = -1;

function answer(node: RaftNode, from: NodeId, token: number, index: number): void {
  if (from === node.id) node.reads.states.push({ token, index });
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

function register(node: RaftNode, from: NodeId, token: number): void {
  const { reads } = node;
  if (reads.count >= MAX_PENDING_READS) answer(node, from, token, REFUSED);
  else if (node.log.commit < node.termStart) reads.waiting.push({ token, from, index: 0, round: 0 });
  else {
    reads.pending.push({ token, from, index: node.log.commit, round: node.round + 1 });
    reads.roundWanted = true;
  }
}

/** A read of this member's own program. */
export function readIndex(node: RaftNode, token: number): void {
  const { reads } = node;
  if (node.role === Role.leader) register(node, node.id, token);
  else if (node.leader === 0 || !node.connected.has(node.leader) || reads.count >= MAX_PENDING_READS)
    answer(node, node.id, token, REFUSED);
  else {
    reads.forwarded.set(token, node.now + node.options.electionTicks);
    send(node, { type: MessageType.readIndex, from: node.id, to: node.leader, term: node.term, token });
  }
}

export function onReadIndex(node: RaftNode, message: ReadIndex): void {
  if (node.role === Role.leader) register(node, message.from, message.token);
  else answer(node, message.from, message.token, REFUSED);
}

export function onReadIndexResponse(node: RaftNode, message: ReadIndexResponse): void {
  if (message.from !== node.leader || !node.reads.forwarded.delete(message.token)) return;
  node.reads.states.push({ token: message.token, index: message.index });
}

/** An entry of the leader's own term has committed: the commit index now covers every earlier term's. */
export function releaseWaitingReads(node: RaftNode): void {
  const { waiting } = node.reads;
  if (waiting.length === 0) return;
  node.reads.waiting = [];
  for (const read of waiting) register(node, read.from, read.token);
}

const roundOf = (progress: { readonly round: number }): number => progress.round;

/** Answers every read whose round a majority has echoed. */
export function confirmReads(node: RaftNode): void {
  const { reads } = node;
  if (reads.pending.length === 0) return;
  const confirmed = quorumReached(node, node.round, roundOf);
  let count = 0;
  for (const read of reads.pending) {
    if (read.round > confirmed) break;
    answer(node, read.from, read.token, read.index);
    count += 1;
  }
  if (count > 0) reads.pending = reads.pending.slice(count);
}

/** The leader changed or is lost: nobody will confirm these. */
export function refuseReads(node: RaftNode): void {
  const { reads } = node;
  if (reads.count === 0) return;
  for (const read of reads.waiting) answer(node, read.from, read.token, REFUSED);
  for (const read of reads.pending) answer(node, read.from, read.token, REFUSED);
  for (const token of reads.forwarded.keys()) reads.states.push({ token, index: REFUSED });
  reads.waiting = [];
  reads.pending = [];
  reads.forwarded.clear();
  reads.roundWanted = false;
}

/** Gives up forwarded reads whose question or answer was lost. */
export function tickReads(node: RaftNode): void {
  for (const [token, deadline] of node.reads.forwarded) {
    if (deadline > node.now) return;
    node.reads.forwarded.delete(token);
    node.reads.states.push({ token, index: REFUSED });
  }
}
