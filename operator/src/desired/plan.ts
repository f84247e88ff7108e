import type { CoordinationCluster } from '@rookery/crds';

/** What is there already and cannot be changed yet: it stays, whatever the spec has come to say. */
export interface Running {
  readonly replicas: number;
  /** Name and tag. */
  readonly image: string;
  /** What the StatefulSet's claims ask for: Kubernetes refuses it with another size. Absent: what the spec says. */
  readonly storageSize?: string;
}

export interface DesiredContext {
  /** The image of the members where the spec names none: without a tag, which is the spec's version. */
  readonly serverImage: string;
  /** Absent: there is no StatefulSet yet. */
  readonly running?: Running;
}

/** A cluster, and what of it goes by what runs rather than by its spec. */
export interface Plan extends Required<Running> {
  readonly cluster: CoordinationCluster;
}

export function planFor(cluster: CoordinationCluster, context: DesiredContext): Plan {
  return { cluster, ...wanted(cluster, context), ...context.running };
}

/** What the spec asks for. Where it differs from what runs, that is a change which is not supported yet. */
export function wanted({ spec }: CoordinationCluster, { serverImage }: DesiredContext): Required<Running> {
  return {
    replicas: spec.replicas,
    image: `${spec.image.repository ?? serverImage}:${spec.version}`,
    storageSize: spec.storage.size,
  };
}

/** The container that runs the member; a service mesh may add others. */
export const SERVER_CONTAINER = 'rookery';
