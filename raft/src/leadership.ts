/** How a member takes up leadership, keeps it, and hands it on. */
import { send } from './durability.ts';
import { canSpare, canWrite, fitnessOf, isHeard } from './fitness.ts';
import { becomeFollower } from './follower.ts';
import { MessageType } from './messages.ts';
import type { RaftNode } from './node.ts';
import type { Progress } from './progress.ts';
import { quorumSilentTicks } from './quorum.ts';
import type { TransferResult } from './ready.ts';
import { appendOwn, replicate, sendHeartbeats, trackMembers } from './replication.ts';
import { Leader } from './roles.ts';
import { tickSnapshot } from './snapshot-transfer.ts';
import { clearSuspicion } from './suspect.ts';
import { EntryKind, Fitness, type NodeId } from './types.ts';

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
  const { log, options } = node;
  const leader = new Leader(options.heartbeatTicks, log.commit, log.bytesBetween(log.commit + 1, log.last));
  node.state = leader;
  node.hurried = false;
  node.failedCampaigns = 0;
  node.round += 1;
  clearSuspicion(node);
  trackMembers(node, leader, node.configuration);
  leader.termStart = appendOwn(node, leader, EntryKind.empty, NO_DATA);
}

export function tickLeader(node: RaftNode, leader: Leader): void {
  for (const progress of leader.peers) tickSnapshot(node, progress);
  if (leader.transferee !== 0) {
    leader.transferTimer -= 1;
    if (leader.transferTimer <= 0) leader.transferee = 0;
  }
  handOverToFitter(node, leader);
  leader.heartbeatTimer -= 1;
  if (leader.heartbeatTimer > 0) return;
  leader.heartbeatTimer = node.options.heartbeatTicks;
  leader.commitAtHeartbeat = node.log.commit;
  // A leader that no majority has answered within an election timeout steps down (thesis, 6.2).
  if (quorumSilentTicks(node, leader) >= node.options.electionTicks) becomeFollower(node, node.term);
  else sendHeartbeats(node, leader);
}

export function transferLeadership(node: RaftNode, leader: Leader, to: NodeId): TransferResult {
  const target = leader.progress.get(to);
  if (leader.transferee !== 0) return 'transferring';
  if (!node.configuration.voters.includes(to) || target === undefined) return 'no-such-voter';
  if (!node.connected.has(to)) return 'not-connected';
  if (!canWrite(target.fitness)) return 'cannot-write';
  leader.transferee = to;
  leader.transferTimer = node.options.electionTicks;
  leader.timeoutNowSent = false;
  return undefined;
}

function sendTimeoutNow(node: RaftNode, to: NodeId): void {
  send(node, { type: MessageType.timeoutNow, from: node.id, to, term: node.term });
}

/** Tells the target to campaign once it holds the whole log (thesis, 3.10). */
export function continueTransfer(node: RaftNode, leader: Leader): void {
  if (leader.transferee === 0 || leader.timeoutNowSent) return;
  const target = leader.progress.get(leader.transferee);
  if (target === undefined) leader.transferee = 0;
  else if (target.match === node.log.last) {
    leader.timeoutNowSent = true;
    sendTimeoutNow(node, target.id);
  }
}

function isBetter(a: Progress, b: Progress): boolean {
  return a.fitness === b.fitness ? a.match > b.match : a.fitness < b.fitness;
}

/** The voter to lead next: connected, the fittest, of those the one with the most of the log. */
function findSuccessor(node: RaftNode, leader: Leader): Progress | undefined {
  let best: Progress | undefined;
  for (const progress of leader.peers) {
    const candidate = node.connected.has(progress.id) && node.configuration.voters.includes(progress.id);
    if (!candidate || !canWrite(progress.fitness)) continue;
    if (best === undefined || isBetter(progress, best)) best = progress;
  }
  return best;
}

/** 0: there is none. */
export function bestSuccessor(node: RaftNode, leader: Leader): NodeId {
  return findSuccessor(node, leader)?.id ?? 0;
}

/** To whom a leader that is less fit than others hands over: to one that it hears and that has all that was committed a heartbeat ago. */
export function fitterSuccessor(node: RaftNode, leader: Leader): NodeId {
  const own = fitnessOf(node);
  if (own === Fitness.able) return 0;
  const best = findSuccessor(node, leader);
  if (best === undefined || best.fitness >= own || !isHeard(node, best)) return 0;
  if (best.match < leader.commitAtHeartbeat) return 0;
  return !canWrite(own) && !canSpare(node, leader) ? 0 : best.id;
}

/** Not at every tick: a transfer that fails keeps proposals out while it lasts. */
function handOverToFitter(node: RaftNode, leader: Leader): void {
  if (leader.handOverPause > 0) leader.handOverPause -= 1;
  const isShort = fitnessOf(node) === Fitness.short;
  leader.shortTicks = isShort ? leader.shortTicks + 1 : 0;
  if (isShort && leader.shortTicks < LASTING_SHORTAGE * node.options.electionTicks) return;
  if (leader.handOverPause > 0 || leader.transferee !== 0) return;
  const successor = fitterSuccessor(node, leader);
  if (successor === 0) return;
  transferLeadership(node, leader, successor);
  leader.handOverPause = HAND_OVER_PAUSES * node.options.electionTicks;
}

/** The committed configuration has no place for this leader: it tells the others, names a successor and steps down. */
export function resign(node: RaftNode, leader: Leader): void {
  replicate(node, leader);
  const successor = bestSuccessor(node, leader);
  if (successor !== 0) sendTimeoutNow(node, successor);
  becomeFollower(node, node.term);
}
