import type { V1PodDisruptionBudgetSpec } from '@kubernetes/client-node';
import type { KubeObject } from '@rookery/kube/objects';
import type { Blueprint } from './blueprint.ts';
import { selectorLabels } from './labels.ts';
import { owned } from './metadata.ts';
import { objectNames } from './names.ts';

/** Fewer cannot spare one: a budget would block every drain for ever. */
const MIN_REPLICAS = 3;

export interface PodDisruptionBudget extends KubeObject {
  readonly spec: V1PodDisruptionBudgetSpec;
}

/**
 * One member may go at a time. Pods that run and are not ready count as gone (Kubernetes' own default): they may be waiting for a
 * quorum, and taking two of them away together would take it from the third.
 */
export function podDisruptionBudget(blueprint: Blueprint): PodDisruptionBudget | undefined {
  const { metadata, spec } = blueprint.cluster;
  if (spec.disruption.pdb === 'Disabled' || blueprint.replicas < MIN_REPLICAS) return undefined;
  return {
    ...owned(blueprint, 'policy/v1', 'PodDisruptionBudget', objectNames(metadata.name).podDisruptionBudget),
    spec: { maxUnavailable: 1, selector: { matchLabels: { ...selectorLabels(metadata.name) } } },
  };
}
