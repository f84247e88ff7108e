import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { authoritySecretName, certificatesSecretName } from '../model/cluster-names.ts';
import {
  broughtAuthorityName,
  broughtLeafName,
  clientAuthoritiesName,
  type ObservedTls,
} from '../model/tls.ts';
import { balancedHostsOf } from './balanced-hosts.ts';
import {
  readAuthority,
  readBroughtAuthority,
  readBroughtLeaf,
  readCertificates,
  readClientAuthorities,
  type TlsSecret,
} from './tls-secrets.ts';

/**
 * What is known of a cluster's certificates.
 * @param get asks for a Secret by its name: what is missing may be new, or not be needed
 * @param services of its namespace
 */
export async function observedTls(
  cluster: CoordinationCluster,
  get: (secret: string) => Promise<TlsSecret | undefined>,
  services: readonly KubeObject[],
): Promise<ObservedTls> {
  const { name } = cluster.metadata;
  const [authorityName, leafName] = [broughtAuthorityName(cluster), broughtLeafName(cluster)];
  const clientsName = clientAuthoritiesName(cluster);
  const [own, certificates, brought, leaf, clients] = await Promise.all([
    get(authoritySecretName(name)),
    get(certificatesSecretName(name)),
    authorityName === undefined ? undefined : get(authorityName),
    leafName === undefined ? undefined : get(leafName),
    clientsName === undefined ? undefined : get(clientsName),
  ]);
  const authority = readAuthority(cluster, own);
  return {
    authority,
    certificates: readCertificates(cluster, certificates, authority),
    broughtAuthority: authorityName === undefined ? undefined : readBroughtAuthority(authorityName, brought),
    broughtLeaf: leafName === undefined ? undefined : readBroughtLeaf(leafName, leaf),
    clientAuthorities: clientsName === undefined ? undefined : readClientAuthorities(clientsName, clients),
    balancedHosts: balancedHostsOf(cluster, services),
  };
}
