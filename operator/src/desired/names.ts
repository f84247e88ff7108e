import { adminSecretName, headlessServiceName, statefulSetName } from '../model/cluster-names.ts';

/** Names of ports. Clients find the ensemble by the SRV records `_client._tcp.NAME-headless.NAMESPACE.svc`. */
export const PortName = { client: 'client', peer: 'peer', http: 'http' } as const;

/** The key of the ConfigMap that holds the members' settings. */
export const CONFIG_KEY = 'rookery.yaml';

/** Of all objects of one cluster; all are in its namespace. */
export interface ObjectNames {
  readonly statefulSet: string;
  readonly clientService: string;
  readonly headlessService: string;
  readonly adminSecret: string;
  readonly podDisruptionBudget: string;
  readonly networkPolicy: string;
  readonly serviceAccount: string;
}

export function objectNames(cluster: string): ObjectNames {
  return {
    statefulSet: statefulSetName(cluster),
    clientService: cluster,
    headlessService: headlessServiceName(cluster),
    adminSecret: adminSecretName(cluster),
    podDisruptionBudget: cluster,
    networkPolicy: cluster,
    serviceAccount: cluster,
  };
}

/** Settings that differ have another name: a pod that comes back before its turn reads those that it was made with. */
export const configMapName = (cluster: string, hash: string): string => `${cluster}-config-${hash}`;

/** A member's server id counts from 1, as ZooKeeper's myid; its pod counts from 0. */
export function serverIdOfOrdinal(ordinal: number): number {
  return ordinal + 1;
}
