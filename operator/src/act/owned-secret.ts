import type { CoordinationCluster } from '@rookery/crds';
import { ApiError, isApiError, type KubeApi } from '@rookery/kube';
import type { KubeObject } from '@rookery/kube/objects';
import { CLUSTER_LABEL } from '../model/cluster-names.ts';
import type { Seen } from '../model/tls.ts';
import { SECRETS } from '../resource-types.ts';

/** The beginning of a Secret of the cluster, which goes with it. */
function ownedSecret(
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

/** What changes of a Secret, or is in a new one; null: it is taken away. */
type Texts = Readonly<Record<string, string | null>>;

/**
 * Writes over the Secret that was seen, and over no other; without one it is made, unless somebody was first. Rejects with ApiError where it has changed
 * since it was seen.
 */
export async function writeSecret(
  api: KubeApi,
  cluster: CoordinationCluster,
  name: string,
  seen: Seen | undefined,
  texts: Texts,
  annotations: Texts = {},
): Promise<void> {
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, text && Buffer.from(text).toString('base64')]),
  );
  if (seen !== undefined) {
    const at = { namespace: cluster.metadata.namespace, name };
    await api.mergePatch<KubeObject>(SECRETS, at, { metadata: { ...seen, annotations }, data });
    return;
  }
  const { metadata, ...secret } = ownedSecret(cluster, name);
  try {
    await api.create(SECRETS, { ...secret, metadata: { ...metadata, annotations }, data } as KubeObject);
  } catch (error) {
    // Whoever was first: it is looked at next.
    if (!isApiError(error, 409, 'AlreadyExists')) throw error;
  }
}

/** As the API server refuses what changed meanwhile: everything is looked at again. */
export function changedSince(secret: string): ApiError {
  return new ApiError(409, 'Conflict', `the Secret ${secret} has changed since it was looked at`);
}
