import type { KubeObject } from '../kube/objects.ts';
import { memberConfig } from './member-config.ts';
import { owned } from './metadata.ts';
import { CONFIG_KEY, objectNames } from './names.ts';
import type { Plan } from './plan.ts';

export interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

export function configMap(plan: Plan): ConfigMap {
  return {
    ...owned(plan, 'v1', 'ConfigMap', objectNames(plan.cluster.metadata.name).configMap),
    data: { [CONFIG_KEY]: memberConfig(plan) },
  };
}
