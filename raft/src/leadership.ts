/** How a member takes up leadership, keeps it, and hands it on. */
import { send } from './durability.ts';
import { canSpare, canWrite, fitnessOf, isHeard } from './fitness.ts';
import { appendOwn, trackMembers } from './leader-log.ts';
import { MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import type { Progress } from './progress.ts';
import { quorumSilentTicks } from './quorum.ts';
import { replicate, sendHeartbeats } from './replication.ts';
import type { TransferResult } from './results.ts';
import { becomeFollower } from './role.ts';
import { tickSnapshot } from './snapshot-sender.ts';
import { clearSuspicion } from './suspect.ts';
import { EntryKind, Fitness, type NodeId, Role } from './types.ts';

const NO_DATA = new Uint8Array(0);
/** Election timeouts between two attempts to hand leadership to a fitter member: as long as an attempt lasts, and once more. */
const HAND_OVER_PAUSES = 2;
/**
 * Election timeouts of being short of room before leadership goes for it. On a small disk the reserve is short for a moment whenever a segment
 * is full, until the snapshot and the purge that are under way then have ended: leadership would go round under load.
 */
const LASTING_SHORTAGE = 4;

/** The election is won. */
export function becomeLeader(node: RaftNode): void {
  node.role = Role.leader;
  node.leader = node.id;
  node.hurried = false;
  node.failedCampaigns = 0;
  node.transferee = 0;
  node.handOverPause = 0;
  node.shortTicks = 0;
  node.heartbeatTimer = node.options.heartbeatTicks;
  node.commitAtHeartbeat = node.log.commit;
  node.round += 1;
  clearSuspicion(node);
  trackMembers(node, node.configuration);
  node.uncommittedBytes = node.log.bytesBetween(node.log.commit + 1, node.log.last);
  node.termStart = appendOwn(node, EntryKind.empty, NO_DATA);
}

/** A leader that no majority has answered within an election timeout steps down (thesis, 6.2). */
function checkQuorum(node: RaftNode): void {
  if (quorumSilentTicks(node) >= node.options.electionTicks) becomeFollower(node, node.term);
}

export function tickLeader(node: RaftNode): void {
  for (const progress of node.peers) tickSnapshot(node, progress);
  if (node.transferee !== 0) {
    node.transferTimer -= 1;
    if (node.transferTimer <= 0) node.transferee = 0;
  }
  handOverToFitter(node);
  node.heartbeatTimer -= 1;
  if (node.heartbeatTimer > 0) return;
  node.heartbeatTimer = node.options.heartbeatTicks;
  node.commitAtHeartbeat = node.log.commit;
  checkQuorum(node);
  if (node.role === Role.leader) sendHeartbeats(node);
}

export function transferLeadership(node: RaftNode, to: NodeId): TransferResult {
  if (node.role !== Role.leader) return 'not-leader';
  if (node.transferee !== 0) return 'transferring';
  if (!node.configuration.voters.includes(to) || !node.progress.has(to)) return 'no-such-voter';
  if (!node.connected.has(to)) return 'not-connected';
  if (!canWrite(node.progress.get(to)?.fitness ?? Fitness.able)) return 'cannot-write';
  node.transferee = to;
  node.transferTimer = node.options.electionTicks;
  node.timeoutNowSent = false;
  return undefined;
}

function sendTimeoutNow(node: RaftNode, to: NodeId): void {
  send(node, { type: MessageType.timeoutNow, from: node.id, to, term: node.term });
}

/** Tells the target to campaign once it holds the whole log (thesis, 3.10). */
export function continueTransfer(node: RaftNode): void {
  if (node.transferee === 0 || node.timeoutNowSent) return;
  const target = node.progress.get(node.transferee);
  if (target === undefined) node.transferee = 0;
  else if (target.match === node.log.last) {
    node.timeoutNowSent = true;
    sendTimeoutNow(node, target.id);
  }
}

function isBetter(a: Progress, b: Progress): boolean {
  return a.fitness === b.fitness ? a.match > b.match : a.fitness < b.fitness;
}

/** The voter to lead next: connected, the fittest, of those the one with the most of the log. */
function findSuccessor(node: RaftNode): Progress | undefined {
  let best: Progress | undefined;
  for (const progress of node.peers) {
    const candidate = node.connected.has(progress.id) && node.configuration.voters.includes(progress.id);
    if (!candidate || !canWrite(progress.fitness)) continue;
    if (best === undefined || isBetter(progress, best)) best = progress;
  }
  return best;
}

/** 0: there is none. */
export function bestSuccessor(node: RaftNode): NodeId {
  return findSuccessor(node)?.id ?? 0;
}

/** To whom a leader that is less fit than others hands over: to one that it hears and that has all that was committed a heartbeat ago. */
export function fitterSuccessor(node: RaftNode): NodeId {
  const own = fitnessOf(node);
  if (own === Fitness.able || node.role !== Role.leader) return 0;
  const best = findSuccessor(node);
  if (best === undefined || best.fitness >= own || !isHeard(node, best)) return 0;
  if (best.match < node.commitAtHeartbeat) return 0;
  return !canWrite(own) && !canSpare(node) ? 0 : best.id;
}

/** Not at every tick: a transfer that fails keeps proposals out while it lasts. */
function handOverToFitter(node: RaftNode): void {
  if (node.handOverPause > 0) node.handOverPause -= 1;
  const isShort = fitnessOf(node) === Fitness.short;
  node.shortTicks = isShort ? node.shortTicks + 1 : 0;
  if (isShort && node.shortTicks < LASTING_SHORTAGE * node.options.electionTicks) return;
  if (node.handOverPause > 0 || node.transferee !== 0) return;
  const successor = fitterSuccessor(node);
  if (successor === 0) return;
  transferLeadership(node, successor);
  node.handOverPause = HAND_OVER_PAUSES * node.options.electionTicks;
}

/** The committed configuration has no place for this leader: it tells the others, names a successor and steps down. */
export function resign(node: RaftNode): void {
  replicate(node);
  const successor = bestSuccessor(node);
  if (successor !== 0) sendTimeoutNow(node, successor);
  becomeFollower(node, node.term);
}
