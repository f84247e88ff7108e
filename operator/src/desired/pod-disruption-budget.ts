import type { V1PodDisruptionBudgetSpec } from '@kubernetes/client-node';
import type { KubeObject } from '@rookery/kube/objects';
import { FIRST_READ_ORDINAL } from '../model/cluster-names.ts';
import type { Blueprint } from './blueprint.ts';
import { owned } from './metadata.ts';
import type { Pool } from './pool.ts';

/** Fewer voters cannot spare one: a budget would block every drain for ever. */
const MIN_REPLICAS = 3;
/** A single read replica may go at any time: nobody's vote goes with it. */
const MIN_READ_REPLICAS = 2;

export interface PodDisruptionBudget extends KubeObject {
  readonly spec: V1PodDisruptionBudgetSpec;
}

/**
 * One member may go at a time. Pods that run and are not ready count as gone (Kubernetes' own default): they may be waiting for a
 * quorum, and taking two of them away together would take it from the third.
 */
export function podDisruptionBudget(blueprint: Blueprint, pool: Pool): PodDisruptionBudget | undefined {
  const fewest = pool.firstOrdinal === FIRST_READ_ORDINAL ? MIN_READ_REPLICAS : MIN_REPLICAS;
  const { pdb } = blueprint.cluster.spec.disruption;
  if (pdb === 'Disabled' || pool.replicas < fewest) return undefined;
  return {
    ...owned(blueprint, 'policy/v1', 'PodDisruptionBudget', pool.name),
    spec: { maxUnavailable: 1, selector: { matchLabels: { ...pool.labels } } },
  };
}
