import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { externalServiceName } from '../model/cluster-names.ts';
import { isOwnedBy } from './applied.ts';

/** The part of a Service's status that is read. */
interface BalancedService extends KubeObject {
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly hostname?: string; readonly ip?: string }[];
    };
  };
}

/** PURE. What load balancers have given the cluster's Services for clients, each once and in order. */
export function balancedHostsOf(
  cluster: CoordinationCluster,
  services: readonly KubeObject[],
): readonly string[] {
  const { name } = cluster.metadata;
  const prefix = externalServiceName(name, 0).slice(0, -1);
  const hosts = services
    .filter(({ metadata }) => metadata.name === name || metadata.name.startsWith(prefix))
    .filter((service) => isOwnedBy(service, cluster))
    .flatMap(({ status }: BalancedService) => status?.loadBalancer?.ingress ?? [])
    .flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
  return [...new Set(hosts)].sort();
}
