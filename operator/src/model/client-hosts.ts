import type { CoordinationCluster } from '@rookery/crds';
import { headlessServiceName, readName } from './cluster-names.ts';

/**
 * By what clients reach the members: all of it is in the one certificate that they are shown, whoever makes it.
 * @param hasReadReplicas there are, or are to be, members that never vote, which have Services of their own
 * @param balancedHosts what load balancers have given the Services for clients
 */
export function clientHosts(
  { metadata, spec }: CoordinationCluster,
  hasReadReplicas: boolean,
  balancedHosts: readonly string[],
): readonly string[] {
  const { name, namespace } = metadata;
  const pools = hasReadReplicas ? [name, readName(name)] : [name];
  const services = pools.flatMap((pool) => [pool, `*.${headlessServiceName(pool)}`]);
  const within = ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`];
  return [
    ...new Set([
      ...services.flatMap((service) => within.map((domain) => `${service}${domain}`)),
      ...spec.tls.client.hostnames,
      ...balancedHosts,
    ]),
  ];
}
