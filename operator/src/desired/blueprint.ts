import type { CoordinationCluster } from '@rookery/crds';
import type { PeerTlsMode } from '../model/tls.ts';

export interface DesiredContext {
  /** The image of the members where the spec names none: without a tag, which is the spec's version. */
  readonly serverImage: string;
  /** So many have a place in the ensemble, whatever the spec has come to say. Absent: none yet. */
  readonly members?: number;
  /** So many read replicas have a place in it. Absent: there is nothing of them, and nothing to be. */
  readonly readReplicas?: number;
  /** What members take of one another. Absent: as the spec has it, for pods that begin. */
  readonly peerTls?: PeerTlsMode;
  /** PEM of the authorities of the cluster. Absent: there is none yet. */
  readonly authorities?: string;
  /** What load balancers have given the Services for clients. Absent: nothing yet. */
  readonly balancedHosts?: readonly string[];
  /** Whether cert-manager is there to be asked. Absent: it is not. */
  readonly hasCertManager?: boolean;
  /** Where members run another image than the spec's until that is proved. Absent: they run the spec's. */
  readonly running?: string;
  /** Whether there is something to prove an image by, whole or but for its StatefulSet. */
  readonly proof?: 'whole' | 'surroundings';
}

/** What the objects of a cluster are built from: the cluster, and what of it goes by what runs rather than by its spec. */
export interface Blueprint {
  readonly cluster: CoordinationCluster;
  readonly replicas: number;
  readonly readReplicas: number;
  /** Name and tag. */
  readonly image: string;
  readonly peerTls: PeerTlsMode;
  readonly authorities: string;
  readonly balancedHosts: readonly string[];
  readonly hasCertManager: boolean;
  /** There may be a learner beside the members that proves another image. */
  readonly hasProver: boolean;
  /** There are, or may be, members that never vote. */
  readonly hasReadReplicas: boolean;
}

export function blueprintOf(cluster: CoordinationCluster, context: DesiredContext): Blueprint {
  const { serverImage, members, readReplicas, peerTls, running, proof } = context;
  const { authorities = '', balancedHosts = [], hasCertManager = false } = context;
  const { replicas, tls } = cluster.spec;
  return {
    cluster,
    replicas: members ?? replicas,
    readReplicas: readReplicas ?? 0,
    image: running ?? imageOfSpec(cluster, serverImage),
    peerTls: peerTls ?? (tls.peer.mode === 'Disabled' ? 'off' : 'required'),
    authorities,
    balancedHosts,
    hasCertManager,
    hasProver: proof !== undefined,
    hasReadReplicas: readReplicas !== undefined,
  };
}

/** Name and tag. */
export function imageOfSpec({ spec: { image, version } }: CoordinationCluster, serverImage: string): string {
  return `${image.repository ?? serverImage}:${version}`;
}

/** The version, which is the tag; empty where an image has none. */
export function versionOf(image: string): string {
  return /:([^:/@]+)$/.exec(image)?.[1] ?? '';
}
