import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '../kube/objects.ts';
import { owned } from './metadata.ts';
import { objectNames, TOKEN_KEY } from './names.ts';
import { type DesiredContext, planFor } from './plan.ts';

export interface Secret extends KubeObject {
  readonly type: 'Opaque';
  readonly stringData: Readonly<Record<string, string>>;
}

/**
 * To be created once, before the StatefulSet, and never written again: the members read the token when they start, so another
 * token would lock the operator out. `token`: at least 16 characters that a header can carry; secret, so it comes from outside.
 */
export function adminSecret(cluster: CoordinationCluster, context: DesiredContext, token: string): Secret {
  return {
    ...owned(planFor(cluster, context), 'Secret', objectNames(cluster.metadata.name).adminSecret),
    type: 'Opaque',
    stringData: { [TOKEN_KEY]: token },
  };
}
