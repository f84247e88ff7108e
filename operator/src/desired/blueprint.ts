import type { CoordinationCluster } from '@rookery/crds';

export interface DesiredContext {
  /** The image of the members where the spec names none: without a tag, which is the spec's version. */
  readonly serverImage: string;
  /** So many have a place in the ensemble, whatever the spec has come to say. Absent: none yet. */
  readonly members?: number;
}

/** What the objects of a cluster are built from: the cluster, and what of it goes by what runs rather than by its spec. */
export interface Blueprint {
  readonly cluster: CoordinationCluster;
  readonly replicas: number;
  /** Name and tag. */
  readonly image: string;
}

export function blueprintOf(
  cluster: CoordinationCluster,
  { serverImage, members }: DesiredContext,
): Blueprint {
  const { replicas, image, version } = cluster.spec;
  return {
    cluster,
    replicas: members ?? replicas,
    image: `${image.repository ?? serverImage}:${version}`,
  };
}
