import { leaderWithQuorum, type Observed, type ObservedPod } from '../../model/observed.ts';
import { isSeen, rollingUpdateOf, whoComesBack } from '../rolling-update.ts';
import { upgradeProofOf } from '../upgrade-proof.ts';
import { readReplicasInPlace } from './in-place.ts';

export type ReadReplicaUpdate =
  | { readonly kind: 'restart'; readonly pod: ObservedPod }
  /** For this, before the next pod may go. */
  | { readonly kind: 'await'; readonly why: string };

/**
 * How read replicas become as the spec is now: after all members that vote, one at a time, who is not ready first and then the last. undefined: all are as
 * it says, or nobody can tell yet.
 */
export function readReplicaUpdate(observed: Observed): ReadReplicaUpdate | undefined {
  const { cluster, readReplicas } = observed;
  const { statefulSet, pods } = readReplicas;
  if (cluster.spec.hibernated || statefulSet === undefined || !isSeen(statefulSet)) return undefined;
  const outdated = pods.filter((pod) => pod.outdated);
  if (outdated.length === 0) return undefined;
  if (!areMembersUpdated(observed))
    return { kind: 'await', why: 'the members are brought there first, and are ready' };
  const coming = whoComesBack(readReplicasInPlace(observed));
  if (coming !== '') return { kind: 'await', why: `${coming} has to come back first` };
  const [pod] = outdated.toSorted((a, b) => Number(a.ready) - Number(b.ready) || b.ordinal - a.ordinal);
  return pod && { kind: 'restart', pod };
}

/**
 * And all there, with a leader: where members have lost their data, who reads may be the last that has them. The StatefulSets change together, and which pods
 * are outdated is known of each by itself.
 */
function areMembersUpdated(observed: Observed): boolean {
  const { statefulSet, pods } = observed;
  return (
    statefulSet !== undefined &&
    isSeen(statefulSet) &&
    pods.length >= (statefulSet.spec.replicas ?? 0) &&
    pods.every(({ outdated, ready }) => !outdated && ready) &&
    leaderWithQuorum(pods) !== undefined &&
    rollingUpdateOf(observed) === undefined &&
    upgradeProofOf(observed) === undefined
  );
}
