import { UsageError } from '../../failures.ts';

/** Read replicas count from here: their pods are NAME-read-100 and up, and their server ids those after it. */
const FIRST_READ_ORDINAL = 100;

/** By which `kubectl get --selector` finds all that belongs to a cluster. */
export const clusterSelector = (cluster: string): string => `rookery.dev/cluster=${cluster}`;
/** As kubectl names it, in full: nobody else has such a kind. */
export const RESOURCE = 'coordinationclusters.rookery.dev';
/** The container of the member: others may be added to its pod. */
export const CONTAINER = 'rookery';

/** On a cluster, other text there has the members started anew, once for each text; on a pod, the text that it was made with. */
export const RESTART_AT = 'rookery.dev/restart-at';

/** The server id of the member in a pod; undefined: it is none of the cluster's. */
export function serverIdOf(cluster: string, pod: string): number | undefined {
  const prefix = pod.startsWith(`${cluster}-read-`) ? `${cluster}-read-` : `${cluster}-`;
  if (!pod.startsWith(prefix)) return undefined;
  const digits = pod.slice(prefix.length);
  return /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) + 1 : undefined;
}

export function podOf(cluster: string, serverId: number): string {
  const ordinal = serverId - 1;
  return ordinal >= FIRST_READ_ORDINAL ? `${cluster}-read-${ordinal}` : `${cluster}-${ordinal}`;
}

/** Whether it is one that never votes. */
export function isReadReplica(serverId: number): boolean {
  return serverId > FIRST_READ_ORDINAL;
}

/** The server id of the member that a person names by it, or by its pod. Throws UsageError. */
export function parseMember(cluster: string, text: string): number {
  const serverId = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : serverIdOf(cluster, text);
  if (serverId === undefined)
    throw new UsageError(
      `"${text}" is no member of ${cluster}: its id is expected, as in 2, or its pod, as in ${cluster}-1; see: kubectl rookery status ${cluster}`,
    );
  return serverId;
}
