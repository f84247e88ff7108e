import type { KubeObject } from '../kube/objects.ts';
import { owned } from './metadata.ts';
import { objectNames } from './names.ts';
import type { Plan } from './plan.ts';

export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken: false;
}

/** Members ask nothing of Kubernetes: their account has no rights, and they are not given its token. */
export function serviceAccount(plan: Plan): ServiceAccount {
  return {
    ...owned(plan, 'v1', 'ServiceAccount', objectNames(plan.cluster.metadata.name).serviceAccount),
    automountServiceAccountToken: false,
  };
}
