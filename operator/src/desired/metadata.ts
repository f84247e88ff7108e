import { API_VERSION, type CoordinationCluster, KIND } from '@rookery/crds';
import type { KubeObject, ObjectMeta, OwnerReference } from '../kube/objects.ts';
import { objectLabels } from './labels.ts';
import type { Plan } from './plan.ts';
import { apiVersionOf, type OwnedKind } from './resource-types.ts';

/** Kubernetes deletes what the cluster owns with it, and tells its controller of every change. */
function ownerReference({ metadata }: CoordinationCluster): OwnerReference {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
  };
}

/** The beginning of every object: its type, its name, its labels and its owner. */
export function owned<K extends OwnedKind>(
  { cluster, image }: Plan,
  kind: K,
  name: string,
): KubeObject & { readonly kind: K } {
  const metadata: ObjectMeta = {
    name,
    namespace: cluster.metadata.namespace,
    labels: objectLabels(cluster.metadata.name, image),
    ownerReferences: [ownerReference(cluster)],
  };
  return { apiVersion: apiVersionOf(kind), kind, metadata };
}
