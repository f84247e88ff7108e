import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { blueprintOf, type DesiredContext } from './blueprint.ts';
import { configMap } from './config-map.ts';
import { issuedCertificates } from './issued-certificates.ts';
import { networkPolicy } from './network-policy.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { voters } from './pool.ts';
import { proofObjects } from './proof.ts';
import { serviceAccount } from './service-account.ts';
import { clientService, externalServices, headlessService, peerServices } from './services.ts';
import { statefulSet } from './stateful-set.ts';
import { authorityConfigMap } from './tls.ts';

export type { DesiredContext } from './blueprint.ts';

/**
 * Every object of the cluster but those of its read replicas and its Secrets, which hold what nobody can make twice. Each is in the form in which
 * the API server stores it, for server-side apply in this order: what pods need comes before the StatefulSet.
 */
export function desired(cluster: CoordinationCluster, context: DesiredContext): readonly KubeObject[] {
  const blueprint = blueprintOf(cluster, context);
  const pool = voters(blueprint);
  const objects: readonly (KubeObject | undefined)[] = [
    serviceAccount(blueprint),
    configMap(blueprint),
    authorityConfigMap(blueprint),
    ...peerServices(blueprint, pool),
    headlessService(blueprint, pool),
    clientService(blueprint),
    ...externalServices(blueprint, pool),
    networkPolicy(blueprint),
    podDisruptionBudget(blueprint, pool),
    statefulSet(blueprint, pool),
    ...provingObjects(cluster, context),
    ...issuedCertificates(blueprint),
  ];
  return objects.filter((object) => object !== undefined);
}

/** Of the image that the spec says, which the members do not run yet. */
function provingObjects(
  cluster: CoordinationCluster,
  { running: _running, proof, ...context }: DesiredContext,
): readonly KubeObject[] {
  if (proof === undefined) return [];
  const objects = proofObjects(blueprintOf(cluster, context));
  return proof === 'whole' ? objects : objects.filter(({ kind }) => kind !== 'StatefulSet');
}
