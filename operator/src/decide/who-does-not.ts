import { podName } from '../model/cluster-names.ts';
import { isUp, type Observed, type ObservedPod, ordinalsOf } from '../model/observed.ts';

/**
 * The pods of those members of which it is not known, and of those that are away: what they will come back with, nobody knows. Read replicas that are
 * away are not waited for. Empty: all do.
 */
export function whoDoesNot(
  { cluster, statefulSet, pods, readReplicas }: Observed,
  does: (pod: ObservedPod) => boolean,
): string {
  const isKnownTo = (pod: ObservedPod | undefined): boolean =>
    pod !== undefined && pod.report.kind === 'answer' && does(pod);
  const members = ordinalsOf(statefulSet)
    .filter((ordinal) => !isKnownTo(pods.find((candidate) => candidate.ordinal === ordinal)))
    .map((ordinal) => podName(cluster.metadata.name, ordinal));
  const readers = readReplicas.pods.filter((pod) => isUp(pod) && !isKnownTo(pod)).map(({ name }) => name);
  return [...members, ...readers].join(', ');
}
