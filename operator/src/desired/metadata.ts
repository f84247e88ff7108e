import { API_VERSION, type CoordinationCluster, KIND } from '@rookery/crds';
import type { KubeObject, ObjectMeta, OwnerReference } from '@rookery/kube/objects';
import type { Blueprint } from './blueprint.ts';
import { objectLabels } from './labels.ts';

/** Kubernetes deletes what the cluster owns with it; whoever deletes it in the foreground sees it go after all of these. */
function ownerReference({ metadata }: CoordinationCluster): OwnerReference {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The beginning of every object: its type, its name, its labels and its owner. */
export function owned(
  { cluster, image }: Blueprint,
  apiVersion: string,
  kind: string,
  name: string,
): KubeObject {
  const metadata: ObjectMeta = {
    name,
    namespace: cluster.metadata.namespace,
    labels: objectLabels(cluster.metadata.name, image),
    ownerReferences: [ownerReference(cluster)],
  };
  return { apiVersion, kind, metadata };
}
