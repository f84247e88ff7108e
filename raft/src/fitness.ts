/**
 * Whether a member should lead, as its disk and its own plans allow. Each heartbeat's answer tells the leader, so that leadership goes
 * from a member that cannot write, or soon will not, to one that can.
 *
 *   Write under way for two election timeouts ──► stalled ──► that Write is durable
 *   Write refused (`writeRefused`)             ──► full    ──► all of the log is durable again (tried by `retryWrites`)
 */
import type { RaftNode } from './node.ts';
import type { Progress } from './progress.ts';
import { quorumReached } from './quorum.ts';
import type { Leader } from './roles.ts';
import { Fitness } from './types.ts';

/** The longest election timeout that can be drawn: any silence as long as this would have been held against a leader, too. */
const STALL_TIMEOUTS = 2;

/** The Write under way takes so long that it may never end: no vote can be promised. */
export function isStalled(node: RaftNode): boolean {
  return node.durable.writingTicks >= STALL_TIMEOUTS * node.options.electionTicks;
}

export function fitnessOf(node: RaftNode): Fitness {
  if (isStalled(node)) return Fitness.stalled;
  return node.durable.isRefused ? Fitness.full : node.declaredFitness;
}

/** Who cannot acknowledges nothing, does not campaign, and is no target of a transfer. */
export function canWrite(fitness: Fitness): boolean {
  return fitness < Fitness.full;
}

function isShort(fitness: Fitness): boolean {
  return fitness === Fitness.short || fitness === Fitness.full;
}

const isShortPeer = (progress: Progress): boolean => isShort(progress.fitness);

const roomOf = (progress: Progress): number => (isShortPeer(progress) ? -1 : progress.heardTick);

const writableOf = (progress: Progress): number => (canWrite(progress.fitness) ? progress.heardTick : -1);

function isRecent(node: RaftNode, tick: number): boolean {
  return tick >= 0 && node.now - tick < node.options.electionTicks;
}

/** It lacks room itself, or knows of a voter that does, and those that have some are no majority. */
export function lacksRoom(node: RaftNode, leader: Leader): boolean {
  const own = isShort(fitnessOf(node)) ? -1 : node.now;
  if (own >= 0 && !leader.peers.some(isShortPeer)) return false;
  return !isRecent(node, quorumReached(node, leader, own, roomOf));
}

/** Whether the others would be a majority that commits: without one a new leader is no better than an old one that cannot write. */
export function canSpare(node: RaftNode, leader: Leader): boolean {
  return isRecent(node, quorumReached(node, leader, -1, writableOf));
}

/** Has told of itself in this term, and is heard of still. */
export function isHeard(node: RaftNode, progress: Progress): boolean {
  return progress.round > 0 && isRecent(node, progress.heardTick) && node.connected.has(progress.id);
}
