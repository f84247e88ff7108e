import type { CoordinationCluster } from '@rookery/crds';

/** What is there already and cannot be changed yet: it stays, whatever the spec has come to say. */
export interface RunningValues {
  readonly replicas: number;
  /** Name and tag. */
  readonly image: string;
}

export interface DesiredContext {
  /** The image of the members where the spec names none: without a tag, which is the spec's version. */
  readonly serverImage: string;
  /** Absent: nothing runs yet. */
  readonly running?: RunningValues;
}

/** What the objects of a cluster are built from: the cluster, and what of it goes by what runs rather than by its spec. */
export interface Blueprint extends RunningValues {
  readonly cluster: CoordinationCluster;
}

export function blueprintOf(cluster: CoordinationCluster, context: DesiredContext): Blueprint {
  return { cluster, ...(context.running ?? askedValues(cluster, context)) };
}

/** What the spec says, whatever runs. */
export function askedValues(
  { spec: { replicas, image, version } }: CoordinationCluster,
  { serverImage }: Pick<DesiredContext, 'serverImage'>,
): RunningValues {
  return { replicas, image: `${image.repository ?? serverImage}:${version}` };
}
