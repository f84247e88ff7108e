import {
  FIRST_READ_ORDINAL,
  headlessServiceName,
  readName,
  statefulSetName,
} from '../model/cluster-names.ts';
import type { Blueprint } from './blueprint.ts';
import { readReplicaLabels, selectorLabels } from './labels.ts';
import { memberConfigHash } from './member-config.ts';
import { configMapName } from './names.ts';

/** Pods that are alike, kept by one StatefulSet: the members that vote, or the read replicas. */
export interface Pool {
  /** Of its StatefulSet and its PodDisruptionBudget. */
  readonly name: string;
  /** Under which its pods have their names. */
  readonly headlessService: string;
  readonly configMap: string;
  /** What selects its pods, and no other pool's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly firstOrdinal: number;
  readonly replicas: number;
}

export function voters(blueprint: Blueprint): Pool {
  const { name } = blueprint.cluster.metadata;
  return {
    name: statefulSetName(name),
    headlessService: headlessServiceName(name),
    configMap: configMapName(name, memberConfigHash(blueprint)),
    labels: selectorLabels(name),
    firstOrdinal: 0,
    replicas: blueprint.replicas,
  };
}

export function readReplicas(blueprint: Blueprint): Pool {
  const { name } = blueprint.cluster.metadata;
  const own = readName(name);
  return {
    name: own,
    headlessService: headlessServiceName(own),
    configMap: configMapName(own, memberConfigHash(blueprint)),
    labels: readReplicaLabels(name),
    firstOrdinal: FIRST_READ_ORDINAL,
    replicas: blueprint.readReplicas,
  };
}

export function ordinalsOf({ firstOrdinal, replicas }: Pool): readonly number[] {
  return Array.from({ length: replicas }, (_, at) => firstOrdinal + at);
}
