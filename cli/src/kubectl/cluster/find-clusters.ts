import { Absent } from '../../failures.ts';
import type { Fields } from '../../members-http/fields.ts';
import type { Kubectl } from '../kubectl.ts';
import { type ClusterStatus, clusterStatusOf } from './cluster-status.ts';
import { clusterSelector, RESOURCE } from './member-names.ts';

/** A cluster as it is now, and where all else about it is asked. */
export interface FoundCluster {
  readonly status: ClusterStatus;
  /** The object as the API server has it. */
  readonly object: Fields;
  /** Of the cluster's namespace. */
  readonly kubectl: Kubectl;
  /** Why its pods could not be listed; undefined: they were. */
  readonly podsUnread: Error | undefined;
}

/** Throws Absent where it is not there, and what kubectl's failure means. */
export async function findCluster(kubectl: Kubectl, name: string): Promise<FoundCluster> {
  const object = await kubectl.json(['get', RESOURCE, name]);
  const namespace = object.fields('metadata').text('namespace') ?? '';
  const own = kubectl.in(namespace);
  let podsUnread: Error | undefined;
  const pods = await own
    .json(['get', 'pods', `--selector=${clusterSelector(name)}`])
    .catch((error: Error) => {
      podsUnread = error;
      return undefined;
    });
  return { status: clusterStatusOf(object, pods?.list('items')), object, kubectl: own, podsUnread };
}

/** All of the namespace, or of all namespaces, by namespace and name. Their pods are not asked for. */
export async function listClusters(kubectl: Kubectl, everywhere: boolean): Promise<readonly ClusterStatus[]> {
  const found = await kubectl.json(['get', RESOURCE, ...(everywhere ? ['--all-namespaces'] : [])]);
  const clusters = found.list('items').map((object) => clusterStatusOf(object, undefined));
  if (clusters.length === 0)
    throw new Absent(
      everywhere
        ? 'there is no CoordinationCluster in this Kubernetes'
        : 'there is no CoordinationCluster in this namespace; see all namespaces by -A, or name one by -n',
    );
  return clusters.sort((a, b) => a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
}
