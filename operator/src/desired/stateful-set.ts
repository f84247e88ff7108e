import type { V1PersistentVolumeClaim, V1StatefulSetSpec } from '@kubernetes/client-node';
import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { DATA_CLAIM } from '../model/cluster-names.ts';
import type { Blueprint } from './blueprint.ts';
import { lastingLabels } from './labels.ts';
import { owned } from './metadata.ts';
import { podTemplate } from './pod-template.ts';
import type { Pool } from './pool.ts';
import { canonicalBytes } from './quantity.ts';

/** Members that there are: its replicas are others where somebody scales it by hand, or while the cluster is hibernated. */
export const MEMBERS_ANNOTATION = 'rookery.dev/members';

export interface StatefulSet extends KubeObject {
  readonly spec: V1StatefulSetSpec;
}

/**
 * One pool of members. Kubernetes keeps a pod for each ordinal and nothing more: it starts all at once (none is ready before a majority is
 * there), replaces none of its own accord, and never deletes a volume. When a pod goes is decided by who knows the quorum.
 */
export function statefulSet(blueprint: Blueprint, pool: Pool): StatefulSet {
  const { firstOrdinal, replicas } = pool;
  const set = owned(blueprint, 'apps/v1', 'StatefulSet', pool.name);
  return {
    ...set,
    metadata: { ...set.metadata, annotations: { [MEMBERS_ANNOTATION]: String(replicas) } },
    spec: {
      replicas: blueprint.cluster.spec.hibernated ? 0 : replicas,
      ...(firstOrdinal === 0 ? {} : { ordinals: { start: firstOrdinal } }),
      serviceName: pool.headlessService,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'OnDelete' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: { ...pool.labels } },
      template: podTemplate(blueprint, pool),
      volumeClaimTemplates: [dataClaim(blueprint.cluster, pool)],
    },
  };
}

/** Kubernetes lets nothing of it be changed once the StatefulSet is there. */
function dataClaim({ metadata, spec }: CoordinationCluster, { labels }: Pool): V1PersistentVolumeClaim {
  const { size, storageClassName } = spec.storage;
  return {
    // The API server adds the type where it is left out, and would then differ.
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: DATA_CLAIM, labels: { ...lastingLabels(metadata.name), ...labels } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      ...(storageClassName === undefined ? {} : { storageClassName }),
      resources: { requests: { storage: canonicalBytes(size) } },
    },
  };
}
