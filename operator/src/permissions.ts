/**
 * What the operator may do, and why: the roles of charts/rookery say exactly this, and tests hold the two, and the requests that
 * the operator makes, together. Nothing else is granted to it: no Pod is ever deleted, no Secret is ever listed or rewritten.
 */

/** As RBAC calls them. Server-side apply takes `patch`, and `create` where the object is not there yet. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export interface Permission {
  /** Empty for the core group. */
  readonly group: string;
  /** The plural, with a slash and the subresource where it is one. */
  readonly resource: string;
  readonly verbs: readonly Verb[];
  readonly why: string;
}

/** In each namespace that is watched, or in all. */
export const namespacePermissions: readonly Permission[] = [
  {
    group: 'rookery.dev',
    resource: 'coordinationclusters',
    verbs: ['get', 'list', 'watch', 'patch'],
    why: 'what is wanted; the finalizer is set and taken off by a patch',
  },
  {
    group: 'rookery.dev',
    resource: 'coordinationclusters/status',
    verbs: ['patch'],
    why: 'what was observed',
  },
  {
    group: 'apps',
    resource: 'statefulsets',
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
    why: 'the members; deleted before their volumes are, never otherwise',
  },
  {
    group: '',
    resource: 'services',
    verbs: ['list', 'watch', 'create', 'patch'],
    why: 'how clients and members find the members',
  },
  {
    group: '',
    resource: 'configmaps',
    verbs: ['list', 'watch', 'create', 'patch'],
    why: "the members' rookery.yaml",
  },
  {
    group: '',
    resource: 'serviceaccounts',
    verbs: ['list', 'watch', 'create', 'patch'],
    why: 'the members have one of their own, without rights',
  },
  {
    group: 'policy',
    resource: 'poddisruptionbudgets',
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    why: 'deleted when there are too few members for one, or it is switched off',
  },
  {
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    why: 'deleted when it is switched off',
  },
  {
    group: '',
    resource: 'secrets',
    verbs: ['get', 'create'],
    why: "the token of the members' admin API: read by its name, made once",
  },
  {
    group: '',
    resource: 'pods',
    verbs: ['list', 'watch'],
    why: 'which members are there, and their addresses',
  },
  {
    group: '',
    resource: 'persistentvolumeclaims',
    verbs: ['get', 'list', 'watch', 'delete'],
    why: 'deleted with their cluster where its spec says so, after a look past the cache',
  },
  {
    group: '',
    resource: 'events',
    verbs: ['create', 'patch'],
    why: 'what people should know; repeats raise a count',
  },
];

/** In the namespace that the operator itself runs in. */
export const ownNamespacePermissions: readonly Permission[] = [
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['get', 'create', 'update'],
    why: 'one replica leads',
  },
];
