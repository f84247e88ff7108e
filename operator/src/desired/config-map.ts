import type { KubeObject } from '@rookery/kube/objects';
import type { Blueprint } from './blueprint.ts';
import { memberConfig } from './member-config.ts';
import { owned } from './metadata.ts';
import { CONFIG_KEY } from './names.ts';
import { voters } from './pool.ts';

export interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

export function configMap(blueprint: Blueprint): ConfigMap {
  return {
    ...owned(blueprint, 'v1', 'ConfigMap', voters(blueprint).configMap),
    data: { [CONFIG_KEY]: memberConfig(blueprint) },
  };
}
