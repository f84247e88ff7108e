import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { stringify } from 'yaml';
import { type Blueprint, blueprintOf, type DesiredContext } from './blueprint.ts';
import type { ConfigMap } from './config-map.ts';
import { readReplicaConfig } from './member-config.ts';
import { owned } from './metadata.ts';
import { CONFIG_KEY } from './names.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { readReplicas } from './pool.ts';
import { headlessService, peerServices, readService } from './services.ts';
import { statefulSet } from './stateful-set.ts';

/**
 * Every object that the read replicas have for themselves, the StatefulSet last; none where there are no read replicas. What members have besides (the
 * Secrets, the ServiceAccount) serves both.
 */
export function readReplicaObjects(
  cluster: CoordinationCluster,
  context: DesiredContext,
): readonly KubeObject[] {
  if (context.readReplicas === undefined) return [];
  const blueprint = blueprintOf(cluster, context);
  const pool = readReplicas(blueprint);
  const objects: readonly (KubeObject | undefined)[] = [
    readReplicaConfigMap(blueprint),
    ...peerServices(blueprint, pool),
    headlessService(blueprint, pool),
    readService(blueprint, pool),
    podDisruptionBudget(blueprint, pool),
    statefulSet(blueprint, pool),
  ];
  return objects.filter((object) => object !== undefined);
}

/** Another one than the members': theirs does not change with who reads. */
function readReplicaConfigMap(blueprint: Blueprint): ConfigMap {
  return {
    ...owned(blueprint, 'v1', 'ConfigMap', readReplicas(blueprint).configMap),
    data: { [CONFIG_KEY]: stringify(readReplicaConfig(blueprint), { lineWidth: 0 }) },
  };
}
