import type { RaftNode } from './node.ts';
import type { Progress } from './progress.ts';
import type { Leader } from './roles.ts';
import type { Configuration, NodeId } from './types.ts';

export const Tally = { pending: 0, won: 1, lost: 2 } as const;
export type Tally = (typeof Tally)[keyof typeof Tally];

function tallyHalf(
  voters: readonly NodeId[],
  votes: ReadonlyMap<NodeId, boolean>,
  silent: (id: NodeId) => boolean,
): Tally {
  const needed = Math.floor(voters.length / 2) + 1;
  let granted = 0;
  let possible = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === true) granted += 1;
    if (vote === true || (vote === undefined && !silent(id))) possible += 1;
  }
  if (granted >= needed) return Tally.won;
  return possible < needed ? Tally.lost : Tally.pending;
}

/**
 * Counts an election: won needs a majority of each half, lost is what no further vote can win. A voter for whom
 * `silent` is true can give no vote any more.
 */
export function tally(
  configuration: Configuration,
  votes: ReadonlyMap<NodeId, boolean>,
  silent: (id: NodeId) => boolean,
): Tally {
  const incoming = tallyHalf(configuration.voters, votes, silent);
  if (configuration.outgoing.length === 0 || incoming === Tally.lost) return incoming;
  const outgoing = tallyHalf(configuration.outgoing, votes, silent);
  if (outgoing === Tally.lost) return Tally.lost;
  return incoming === Tally.won && outgoing === Tally.won ? Tally.won : Tally.pending;
}

/** Whether these alone could elect a leader, and commit: a majority of each half. */
export function isQuorum(configuration: Configuration, ids: Iterable<NodeId>): boolean {
  const votes = new Map(Array.from(ids, (id) => [id, true]));
  return tally(configuration, votes, () => true) === Tally.won;
}

/**
 * The greatest value that a majority has reached, of the first `count` items of `values`, which it sorts in place
 * (insertion sort: a handful of items, no allocation).
 */
export function majorityValue(values: number[], count: number): number {
  for (let i = 1; i < count; i += 1) {
    const value = values[i] as number;
    let j = i - 1;
    while (j >= 0 && (values[j] as number) < value) {
      values[j + 1] = values[j] as number;
      j -= 1;
    }
    values[j + 1] = value;
  }
  return count === 0 ? 0 : (values[count >> 1] as number);
}

function halfReached(
  node: RaftNode,
  leader: Leader,
  voters: readonly NodeId[],
  own: number,
  reachedBy: (progress: Progress) => number,
): number {
  let count = 0;
  for (const id of voters) {
    const progress = id === node.id ? undefined : leader.progress.get(id);
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
  leader: Leader,
  own: number,
  reachedBy: (progress: Progress) => number,
): number {
  const { voters, outgoing } = node.configuration;
  const incoming = halfReached(node, leader, voters, own, reachedBy);
  if (outgoing.length === 0) return incoming;
  return Math.min(incoming, halfReached(node, leader, outgoing, own, reachedBy));
}

const heardTickOf = (progress: Progress): number => progress.heardTick;

/** Ticks since this leader was last heard by a majority, as far as their answers tell. */
export function quorumSilentTicks(node: RaftNode, leader: Leader): number {
  return node.now - quorumReached(node, leader, node.now, heardTickOf);
}
