import type { KubeObject } from '@rookery/kube/objects';
import { clientHosts } from '../model/client-hosts.ts';
import { issuedAuthorityName, issuedClientsName } from '../model/cluster-names.ts';
import { AUTHORITY_LIFE_MS, LEAF_LIFE_MS, leftWhenRenewedMs } from '../model/lifetimes.ts';
import type { IssuerReference } from '../model/tls.ts';
import type { Blueprint } from './blueprint.ts';
import { owned } from './metadata.ts';

/** What cert-manager is asked for, by which it keeps a Secret of the same name. */
export interface IssuedCertificate extends KubeObject {
  readonly spec: {
    readonly secretName: string;
    readonly issuerRef: IssuerReference;
    readonly isCA?: true;
    readonly commonName: string;
    readonly subject?: {
      readonly organizations: readonly string[];
      readonly organizationalUnits: readonly string[];
    };
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    /** As Go writes durations: cert-manager may write them again. */
    readonly duration: string;
    readonly renewBefore: string;
    readonly usages: readonly string[];
    readonly privateKey: {
      readonly algorithm: 'ECDSA';
      readonly size: 256;
      readonly rotationPolicy: 'Always';
    };
  };
}

/**
 * A Certificate of cert-manager's for each issuer that the spec names, whatever the modes are: where TLS is brought in later its certificate is there
 * already, and while pods go over to none, those that still mount it can be started anew.
 */
export function issuedCertificates(blueprint: Blueprint): readonly IssuedCertificate[] {
  const { cluster, hasCertManager } = blueprint;
  const { peer, client } = cluster.spec.tls;
  if (!hasCertManager) return [];
  return [
    ...(peer.issuer === undefined ? [] : [authority(blueprint, peer.issuer)]),
    ...(client.issuer === undefined ? [] : [forClients(blueprint, client.issuer)]),
  ];
}

/** Who signs the members' certificates. It is called as the operator calls its own: no two clusters of one issuer have the same name. */
function authority(blueprint: Blueprint, issuer: IssuerReference): IssuedCertificate {
  const { name, namespace } = blueprint.cluster.metadata;
  return certificate(blueprint, issuedAuthorityName(name), issuer, AUTHORITY_LIFE_MS, {
    isCA: true,
    commonName: `Rookery authority ${name}`,
    subject: { organizations: [namespace], organizationalUnits: [name] },
    usages: ['digital signature', 'cert sign', 'crl sign'],
  });
}

function forClients(blueprint: Blueprint, issuer: IssuerReference): IssuedCertificate {
  const { cluster, balancedHosts } = blueprint;
  const { name } = cluster.metadata;
  const hasReadReplicas = blueprint.hasReadReplicas || cluster.spec.readReplicas > 0;
  const hosts = clientHosts(cluster, hasReadReplicas, balancedHosts);
  const ipAddresses = hosts.filter(isAddress);
  return certificate(blueprint, issuedClientsName(name), issuer, LEAF_LIFE_MS, {
    commonName: name,
    dnsNames: hosts.filter((host) => !isAddress(host)),
    ...(ipAddresses.length === 0 ? {} : { ipAddresses }),
    usages: ['digital signature', 'server auth'],
  });
}

function certificate(
  blueprint: Blueprint,
  name: string,
  { name: issuer, kind, group }: IssuerReference,
  lifeMs: number,
  content: Pick<
    IssuedCertificate['spec'],
    'isCA' | 'commonName' | 'subject' | 'dnsNames' | 'ipAddresses' | 'usages'
  >,
): IssuedCertificate {
  return {
    ...owned(blueprint, 'cert-manager.io/v1', 'Certificate', name),
    spec: {
      secretName: name,
      issuerRef: { name: issuer, kind, group },
      ...content,
      duration: inHours(lifeMs),
      renewBefore: inHours(leftWhenRenewedMs(lifeMs)),
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
    },
  };
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host);
}

function inHours(ms: number): string {
  return `${Math.floor(ms / 3_600_000)}h0m0s`;
}
