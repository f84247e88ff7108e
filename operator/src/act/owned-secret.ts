import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { CLUSTER_LABEL } from '../model/cluster-names.ts';
import { SECRETS } from '../resource-types.ts';

/** The beginning of a Secret of the cluster, which goes with it. */
export function ownedSecret(
  { apiVersion, kind, metadata: { name: cluster, namespace, uid } }: CoordinationCluster,
  name: string,
): KubeObject & { readonly type: string } {
  return {
    apiVersion: 'v1',
    kind: SECRETS.kind,
    metadata: {
      name,
      namespace,
      labels: {
        'app.kubernetes.io/name': 'rookery',
        'app.kubernetes.io/instance': cluster,
        'app.kubernetes.io/component': 'server',
        'app.kubernetes.io/managed-by': 'rookery-operator',
        [CLUSTER_LABEL]: cluster,
      },
      ownerReferences: [{ apiVersion, kind, name: cluster, uid, controller: true, blockOwnerDeletion: true }],
    },
    type: 'Opaque',
  };
}
