import { podName } from '../model/cluster-names.ts';
import type { Observed, ObservedPod } from '../model/observed.ts';

/** The pods of those members of which it is not known, and of those that are away: what they will come back with, nobody knows. Empty: all do. */
export function whoDoesNot(
  { cluster, statefulSet, pods }: Observed,
  does: (pod: ObservedPod) => boolean,
): string {
  return Array.from({ length: statefulSet?.spec.replicas ?? 0 }, (_, ordinal) => ordinal)
    .filter((ordinal) => {
      const pod = pods.find((candidate) => candidate.ordinal === ordinal);
      return pod === undefined || pod.report.kind !== 'answer' || !does(pod);
    })
    .map((ordinal) => podName(cluster.metadata.name, ordinal))
    .join(', ');
}
