import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '../kube/objects.ts';
import { configMap } from './config-map.ts';
import { objectNames } from './names.ts';
import { networkPolicy } from './network-policy.ts';
import { type DesiredContext, planFor } from './plan.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import type { OwnedKind } from './resource-types.ts';
import { serviceAccount } from './service-account.ts';
import { clientService, headlessService, peersService } from './services.ts';
import { statefulSet } from './stateful-set.ts';

export type { DesiredContext, Running } from './plan.ts';

/**
 * Every object of the cluster but its admin Secret, each in the form in which the API server stores it, for server-side apply in
 * this order: what pods need comes before the StatefulSet. Objects that the spec does not want are not among them: see `unwanted`.
 */
export function desired(cluster: CoordinationCluster, context: DesiredContext): readonly KubeObject[] {
  const plan = planFor(cluster, context);
  const objects: readonly (KubeObject | undefined)[] = [
    serviceAccount(plan),
    configMap(plan),
    peersService(plan),
    headlessService(plan),
    clientService(plan),
    networkPolicy(plan),
    podDisruptionBudget(plan),
    statefulSet(plan),
  ];
  return objects.filter((object) => object !== undefined);
}

/** An object of a cluster, in its namespace. */
export interface OwnedName {
  readonly kind: OwnedKind;
  readonly name: string;
}

/** What another spec of this cluster would have wanted and this one does not: to be deleted where it is there and owned by it. */
export function unwanted(cluster: CoordinationCluster, context: DesiredContext): readonly OwnedName[] {
  const plan = planFor(cluster, context);
  const names = objectNames(cluster.metadata.name);
  const absent: readonly (OwnedName | false)[] = [
    networkPolicy(plan) === undefined && { kind: 'NetworkPolicy', name: names.networkPolicy },
    podDisruptionBudget(plan) === undefined && {
      kind: 'PodDisruptionBudget',
      name: names.podDisruptionBudget,
    },
  ];
  return absent.filter((name) => name !== false);
}
