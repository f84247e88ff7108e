import { GROUP, KIND, PLURAL, VERSION } from '@rookery/crds';
import type { KubeObject, ResourceType } from '@rookery/kube/objects';

export const CLUSTERS: ResourceType = { group: GROUP, version: VERSION, plural: PLURAL, kind: KIND };
export const SERVICE_ACCOUNTS = core('serviceaccounts', 'ServiceAccount');
export const CONFIG_MAPS = core('configmaps', 'ConfigMap');
export const SERVICES = core('services', 'Service');
export const SECRETS = core('secrets', 'Secret');
export const PODS = core('pods', 'Pod');
export const EVENTS = core('events', 'Event');
export const VOLUME_CLAIMS = core('persistentvolumeclaims', 'PersistentVolumeClaim');
export const STATEFUL_SETS: ResourceType = {
  group: 'apps',
  version: 'v1',
  plural: 'statefulsets',
  kind: 'StatefulSet',
};
export const POD_DISRUPTION_BUDGETS: ResourceType = {
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
};
export const NETWORK_POLICIES: ResourceType = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  kind: 'NetworkPolicy',
};

/** Of cert-manager, which need not be there. */
export const CERTIFICATES: ResourceType = {
  group: 'cert-manager.io',
  version: 'v1',
  plural: 'certificates',
  kind: 'Certificate',
};

const ALWAYS_APPLIED: readonly ResourceType[] = [
  SERVICE_ACCOUNTS,
  CONFIG_MAPS,
  SERVICES,
  NETWORK_POLICIES,
  POD_DISRUPTION_BUDGETS,
  STATEFUL_SETS,
];

/** What a cluster owns and the operator applies. The Secret is not among them: it is created once, and never read in bulk. */
export function appliedTypes({
  hasCertManager,
}: {
  readonly hasCertManager: boolean;
}): readonly ResourceType[] {
  return hasCertManager ? [...ALWAYS_APPLIED, CERTIFICATES] : ALWAYS_APPLIED;
}

/** Throws for a kind that the operator does not apply: a defect of `desired`. */
export function appliedTypeOf({ apiVersion, kind }: KubeObject): ResourceType {
  const type = [...ALWAYS_APPLIED, CERTIFICATES].find(
    (candidate) =>
      candidate.kind === kind &&
      [candidate.group, candidate.version].filter(Boolean).join('/') === apiVersion,
  );
  if (type === undefined) throw new Error(`${apiVersion} ${kind} is nothing that the operator applies`);
  return type;
}

function core(plural: string, kind: string): ResourceType {
  return { group: '', version: 'v1', plural, kind };
}
