import type { KubeObject } from '@rookery/kube/objects';
import type { Blueprint } from './blueprint.ts';
import { owned } from './metadata.ts';
import { objectNames } from './names.ts';

export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken: false;
}

/** Members ask nothing of Kubernetes: their account has no rights, and they are not given its token. */
export function serviceAccount(blueprint: Blueprint): ServiceAccount {
  return {
    ...owned(blueprint, 'v1', 'ServiceAccount', objectNames(blueprint.cluster.metadata.name).serviceAccount),
    automountServiceAccountToken: false,
  };
}
