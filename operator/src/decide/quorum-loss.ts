import type { ClusterCondition } from '@rookery/crds';
import { HIBERNATED, WAKING_UP } from './hibernation.ts';

/** The reason of a QuorumHealthy that is Unknown, where the quorum was lost before: so that what is seen next can be told from it. */
export const NOT_SEEN_SINCE_LOSS = 'NotSeenSinceLoss';

/** The reason of a QuorumHealthy that is False and will never be True by itself. */
export const LOST_FOR_GOOD = 'LostForGood';

/** QuorumHealthy is False for these, and nobody has lost anything. */
const NO_LOSS: ReadonlySet<string> = new Set(['NotBegun', HIBERNATED, WAKING_UP]);

/** Of QuorumHealthy: whether it says that a quorum is missing that there once was. */
export function isQuorumLost(condition: ClusterCondition | undefined): boolean {
  if (condition === undefined) return false;
  return condition.status === 'False'
    ? !NO_LOSS.has(condition.reason)
    : condition.reason === NOT_SEEN_SINCE_LOSS;
}
