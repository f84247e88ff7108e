/** Names that observing, deciding and acting go by. Each is a function of the cluster's name alone. */

/** On everything that belongs to a cluster, pods and volumes included; its value is the cluster's name. */
export const CLUSTER_LABEL = 'rookery.dev/cluster';
/** Held until what the deletion of a cluster promises is done. */
export const FINALIZER = 'rookery.dev/cluster';

/** The key of the admin Secret. */
export const ADMIN_TOKEN_KEY = 'token';
export const CLIENT_PORT = 2181;
export const HTTP_PORT = 8080;

export const statefulSetName = (cluster: string): string => cluster;
export const adminSecretName = (cluster: string): string => `${cluster}-admin`;
export const podName = (cluster: string, ordinal: number): string => `${cluster}-${ordinal}`;

/** The ordinal of a member's pod; undefined where the name is not that of one. */
export function ordinalOf(cluster: string, pod: string): number | undefined {
  if (!pod.startsWith(`${cluster}-`)) return undefined;
  const digits = pod.slice(cluster.length + 1);
  return /^(0|[1-9][0-9]{0,3})$/.test(digits) ? Number(digits) : undefined;
}

/** Whether a volume claim is a member's: StatefulSets name them after template and pod. */
export function isMemberClaim(cluster: string, claim: string): boolean {
  return claim.startsWith('data-') && ordinalOf(cluster, claim.slice('data-'.length)) !== undefined;
}

export const clientEndpoint = (cluster: string, namespace: string): string =>
  `${cluster}.${namespace}.svc:${CLIENT_PORT}`;

export const memberEndpoint = (cluster: string, namespace: string, ordinal: number): string =>
  `${podName(cluster, ordinal)}.${cluster}-peers.${namespace}.svc:${CLIENT_PORT}`;
