import type { KubeObject } from '@rookery/kube/objects';
import type { Blueprint } from './blueprint.ts';
import { memberConfig, memberConfigHash } from './member-config.ts';
import { owned } from './metadata.ts';
import { CONFIG_KEY, configMapName } from './names.ts';

export interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

export function configMap(blueprint: Blueprint): ConfigMap {
  const name = configMapName(blueprint.cluster.metadata.name, memberConfigHash(blueprint));
  return {
    ...owned(blueprint, 'v1', 'ConfigMap', name),
    data: { [CONFIG_KEY]: memberConfig(blueprint) },
  };
}
