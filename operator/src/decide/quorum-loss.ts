import type { ClusterCondition } from '@rookery/crds';
import { FORCE_NEW_CLUSTER_ANNOTATION, NEWEST } from '../model/cluster-names.ts';
import type { Observed } from '../model/observed.ts';
import { HIBERNATED, WAKING_UP } from './hibernation.ts';
import type { Loss } from './loss.ts';

/** The reason of a QuorumHealthy that is Unknown, where the quorum was lost before: so that what is seen next can be told from it. */
export const NOT_SEEN_SINCE_LOSS = 'NotSeenSinceLoss';

/** The reason of a QuorumHealthy that is False and will never be True by itself. */
export const LOST_FOR_GOOD = 'LostForGood';

/** The reasons of Progressing where a new cluster is asked for: it comes about, or nothing is done and somebody has to do something else. */
export const FORCING = 'ForcingNewCluster';
export const FORCE_REFUSED = 'ForceNewClusterRefused';

/** QuorumHealthy is False for these, and nobody has lost anything. */
const NO_LOSS: ReadonlySet<string> = new Set(['NotBegun', HIBERNATED, WAKING_UP]);

/** Of QuorumHealthy: whether it says that a quorum is missing that there once was. */
export function isQuorumLost(condition: ClusterCondition | undefined): boolean {
  if (condition === undefined) return false;
  return condition.status === 'False'
    ? !NO_LOSS.has(condition.reason)
    : condition.reason === NOT_SEEN_SINCE_LOSS;
}

/** For people: what is lost, and what they can do. */
export function lostForGood({ cluster }: Observed, { voters, emptied }: Loss): string {
  const { name, namespace } = cluster.metadata;
  const who = `${emptied.length} of ${voters} voters have lost their data (${emptied.join(', ')}): those that have theirs are no majority and never will be.`;
  const back = 'Nothing is changed. Give the pods back the volumes that they had.';
  if (emptied.length === voters)
    return `${who} ${back} Without them nothing is left of this cluster: delete it, and make it anew, empty.`;
  const command = `kubectl --namespace ${namespace} annotate coordinationcluster ${name} ${FORCE_NEW_CLUSTER_ANNOTATION}=${NEWEST}`;
  return `${who} ${back} Where they are gone: "${command}" makes a new cluster out of the member with the newest log. That costs all that was acknowledged and is not in its log, all sessions, and the volumes of the other members.`;
}
