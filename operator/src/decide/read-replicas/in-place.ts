import type { Observed } from '../../model/observed.ts';

/** The read replicas where the members stand: for whatever looks at the StatefulSet, the pods and the volumes of one pool, and asks nobody who leads. */
export function readReplicasInPlace(observed: Observed): Observed {
  const { statefulSet, pods, volumeClaims, podsRefused } = observed.readReplicas;
  return { ...observed, statefulSet, pods, volumeClaims, podsRefused };
}
