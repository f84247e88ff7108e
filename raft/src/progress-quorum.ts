import type { RaftNode } from './node.ts';
import type { Progress } from './progress.ts';
import { majorityValue } from './quorum.ts';
import type { NodeId } from './types.ts';

function halfReached(
  node: RaftNode,
  voters: readonly NodeId[],
  own: number,
  reachedBy: (progress: Progress) => number,
): number {
  let count = 0;
  for (const id of voters) {
    const progress = id === node.id ? undefined : node.progress.get(id);
    node.scratch[count] = id === node.id ? own : progress === undefined ? 0 : reachedBy(progress);
    count += 1;
  }
  return majorityValue(node.scratch, count);
}

/**
 * What the leader's majority has reached, in a joint consensus both majorities. A leader that is no voter itself
 * (it is being removed) does not count. `reachedBy` must be a constant function: this runs for every acknowledgement.
 */
export function quorumReached(
  node: RaftNode,
  own: number,
  reachedBy: (progress: Progress) => number,
): number {
  const { voters, outgoing } = node.configuration;
  const incoming = halfReached(node, voters, own, reachedBy);
  return outgoing.length === 0 ? incoming : Math.min(incoming, halfReached(node, outgoing, own, reachedBy));
}

const heardTickOf = (progress: Progress): number => progress.heardTick;

/** Ticks since this leader was last heard by a majority, as far as their answers tell. */
export function quorumSilentTicks(node: RaftNode): number {
  return node.now - quorumReached(node, node.now, heardTickOf);
}
