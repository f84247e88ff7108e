import { MAX_READ_REPLICAS, MAX_REPLICAS } from '@rookery/crds';
import { clientHosts } from '../../model/client-hosts.ts';
import {
  FIRST_READ_ORDINAL,
  isReadOrdinal,
  PROOF_SERVER_ID,
  peerHost,
  podName,
  proofHost,
  proofPodName,
} from '../../model/cluster-names.ts';
import type { Observed } from '../../model/observed.ts';
import { CLIENTS_FILE, isClientTlsOwn, memberFile, type WantedLeaf } from '../../model/tls.ts';

/** Whether anything is to be signed by an authority of this cluster. */
export function needsAuthority({ cluster, plan: { peerTls } }: Observed): boolean {
  return peerTls.mode !== 'off' || peerTls.wanted !== 'off' || isClientTlsOwn(cluster.spec.tls);
}

/** The certificates that are to be there. */
export function wantedLeaves(observed: Observed): readonly WantedLeaf[] {
  const { cluster, plan } = observed;
  const isForMembers = plan.peerTls.mode !== 'off' || plan.peerTls.wanted !== 'off';
  return [
    ...(isForMembers ? memberLeaves(observed) : []),
    ...(isClientTlsOwn(cluster.spec.tls) ? [clientsLeaf(observed)] : []),
  ];
}

export function isReadReplicaFile(file: string): boolean {
  return isReadOrdinal(Number.parseInt(file, 10));
}

/** A cluster that never had any has no certificates for them. */
function hasReadReplicas({ cluster, plan }: Observed): boolean {
  return cluster.spec.readReplicas > 0 || plan.readReplicas.length > 0;
}

/**
 * One for each ordinal that there may ever be, and for who proves another version: whoever is added finds its own in the folder that its node has mounted already. It names what the
 * others compare it with, the host by which they reach it.
 */
function memberLeaves(observed: Observed): WantedLeaf[] {
  const { name, namespace } = observed.cluster.metadata;
  const readers = hasReadReplicas(observed) ? MAX_READ_REPLICAS : 0;
  const ordinals = [
    ...Array.from({ length: MAX_REPLICAS }, (_, ordinal) => ordinal),
    ...Array.from({ length: readers }, (_, at) => FIRST_READ_ORDINAL + at),
  ];
  return [
    ...ordinals.map((ordinal) => ({
      file: memberFile(ordinal),
      commonName: podName(name, ordinal),
      names: [peerHost(name, namespace, ordinal)],
    })),
    {
      file: memberFile(PROOF_SERVER_ID - 1),
      commonName: proofPodName(name),
      names: [proofHost(name, namespace)],
    },
  ];
}

/** One for all: clients reach each of them by the Service as well. */
function clientsLeaf(observed: Observed): WantedLeaf {
  const { cluster, tls } = observed;
  const names = clientHosts(cluster, hasReadReplicas(observed), tls.balancedHosts);
  return { file: CLIENTS_FILE, commonName: cluster.metadata.name, names };
}

/** One spelling of each name: addresses of IPv6 have many. */
export function canonicalName(name: string): string {
  return name.includes(':') && URL.canParse(`http://[${name}]/`)
    ? new URL(`http://[${name}]/`).hostname
    : name.toLowerCase();
}
