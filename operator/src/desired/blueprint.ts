import type { CoordinationCluster } from '@rookery/crds';
import type { PeerTlsMode } from '../model/tls.ts';

export interface DesiredContext {
  /** The image of the members where the spec names none: without a tag, which is the spec's version. */
  readonly serverImage: string;
  /** So many have a place in the ensemble, whatever the spec has come to say. Absent: none yet. */
  readonly members?: number;
  /** What members take of one another. Absent: as the spec has it, for pods that begin. */
  readonly peerTls?: PeerTlsMode;
  /** PEM of the authorities of the cluster. Absent: there is none yet. */
  readonly authorities?: string;
}

/** What the objects of a cluster are built from: the cluster, and what of it goes by what runs rather than by its spec. */
export interface Blueprint {
  readonly cluster: CoordinationCluster;
  readonly replicas: number;
  /** Name and tag. */
  readonly image: string;
  readonly peerTls: PeerTlsMode;
  readonly authorities: string;
}

export function blueprintOf(
  cluster: CoordinationCluster,
  { serverImage, members, peerTls, authorities = '' }: DesiredContext,
): Blueprint {
  const { replicas, image, version, tls } = cluster.spec;
  return {
    cluster,
    replicas: members ?? replicas,
    image: `${image.repository ?? serverImage}:${version}`,
    peerTls: peerTls ?? (tls.peer.mode === 'Disabled' ? 'off' : 'required'),
    authorities,
  };
}
