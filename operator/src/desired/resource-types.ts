import type { ResourceType } from '../kube/objects.ts';

const core = { group: '', version: 'v1' } as const;

/** Every type of object that `desired` makes, by its kind. */
export const RESOURCE_TYPES = {
  ServiceAccount: { ...core, plural: 'serviceaccounts', kind: 'ServiceAccount' },
  ConfigMap: { ...core, plural: 'configmaps', kind: 'ConfigMap' },
  Secret: { ...core, plural: 'secrets', kind: 'Secret' },
  Service: { ...core, plural: 'services', kind: 'Service' },
  NetworkPolicy: {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'networkpolicies',
    kind: 'NetworkPolicy',
  },
  PodDisruptionBudget: {
    group: 'policy',
    version: 'v1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
  },
  StatefulSet: { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet' },
} as const satisfies Readonly<Record<string, ResourceType>>;

export type OwnedKind = keyof typeof RESOURCE_TYPES;

export function apiVersionOf(kind: OwnedKind): string {
  const { group, version } = RESOURCE_TYPES[kind];
  return group === '' ? version : `${group}/${version}`;
}
