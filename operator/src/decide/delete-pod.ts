import type { CoordinationCluster } from '@rookery/crds';
import type { ObservedPod } from '../model/observed.ts';
import type { Step } from '../model/step.ts';

/** This very pod, as it was seen: one that has changed since is looked at again first. */
export function deletePod(
  cluster: CoordinationCluster,
  { name, uid, resourceVersion }: ObservedPod,
  why: 'stuck' | 'outdated' | 'abandoned' | 'clusterDeleted' | 'formerCluster',
): Step {
  const { namespace } = cluster.metadata;
  const metadata = { name, namespace, uid, resourceVersion };
  return { kind: 'delete', object: { apiVersion: 'v1', kind: 'Pod', metadata }, why };
}
