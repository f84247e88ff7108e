import { emptyStat, NO_SLOT, type NodeReader, type Slot } from '@rookery/protocol';
import { ChangeKind } from '../tree/outcome.ts';

/** What a client that was away still expects of a path: the lists of setWatches that may have been overtaken. */
export const Expectation = {
  /** The node as it was read. */
  data: 0,
  /** That there is no such node. */
  absence: 1,
  /** The list of children as it was read. */
  children: 2,
} as const;
export type Expectation = (typeof Expectation)[keyof typeof Expectation];

const stat = emptyStat();

/**
 * What happened to a node (its slot, or NO_SLOT) behind the back of a client that had seen all up to `seenZxid`; undefined where
 * nothing did, and its watch is left again. Only the last thing that happened is told, as ZooKeeper does.
 */
export function missedChange(
  expectation: Expectation,
  nodes: NodeReader,
  slot: Slot,
  seenZxid: number,
): ChangeKind | undefined {
  if (expectation === Expectation.absence) return slot === NO_SLOT ? undefined : ChangeKind.created;
  if (slot === NO_SLOT) return ChangeKind.deleted;
  nodes.readStat(slot, stat);
  if (expectation === Expectation.data) return stat.mzxid > seenZxid ? ChangeKind.data : undefined;
  return stat.pzxid > seenZxid ? ChangeKind.children : undefined;
}
