import type { ClusterCondition } from '@rookery/crds';

/** The reason of a QuorumHealthy that is Unknown, where the quorum was lost before: so that what is seen next can be told from it. */
export const NOT_SEEN_SINCE_LOSS = 'NotSeenSinceLoss';

/** The reason of a QuorumHealthy that is False and will never be True by itself. */
export const LOST_FOR_GOOD = 'LostForGood';

/** Of QuorumHealthy: whether it says that a quorum is missing that there once was. */
export function isQuorumLost(condition: ClusterCondition | undefined): boolean {
  if (condition === undefined) return false;
  return condition.status === 'False'
    ? condition.reason !== 'NotBegun'
    : condition.reason === NOT_SEEN_SINCE_LOSS;
}
