import { adminSecretName } from '../model/cluster-names.ts';

/** Names of ports. Clients find the ensemble by the SRV records `_client._tcp.NAME-headless.NAMESPACE.svc`. */
export const PortName = { client: 'client', peer: 'peer', http: 'http' } as const;

/** The key of the ConfigMap that holds the members' settings. */
export const CONFIG_KEY = 'rookery.yaml';

/** Of the objects that a cluster has one of; all are in its namespace. */
export interface ObjectNames {
  readonly clientService: string;
  readonly adminSecret: string;
  readonly networkPolicy: string;
  readonly serviceAccount: string;
}

export function objectNames(cluster: string): ObjectNames {
  return {
    clientService: cluster,
    adminSecret: adminSecretName(cluster),
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
