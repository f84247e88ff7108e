/**
 * What the operator may do, and why: the roles of charts/rookery say exactly this, and tests hold the two, and the requests that
 * the operator makes, together. Nothing else is granted to it: no Secret is ever listed.
 */

/** Of the Lease that the replicas wait for. */
export const LEASE_NAME = 'rookery-operator';

/** As RBAC calls them. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export interface Permission {
  /** Empty for the core group. */
  readonly group: string;
  /** The plural, with a slash and the subresource where it is one. */
  readonly resource: string;
  readonly verbs: readonly Verb[];
  /** The objects that it is for; absent: all. RBAC cannot limit `create`, `list` and `watch` like that. */
  readonly names?: readonly string[];
  readonly why: string;
}

/**
 * For what is built from a cluster's spec: watched for drift, read past the cache before it is made, put right by server-side apply (a
 * `patch`, and a `create` where it is not there), deleted when the spec does not ask for it any more.
 */
const APPLIED: readonly Verb[] = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

/** In each namespace that is watched, or in all. */
export const namespacePermissions: readonly Permission[] = [
  {
    group: 'rookery.dev',
    resource: 'coordinationclusters',
    verbs: ['get', 'list', 'watch', 'patch'],
    why: 'what is wanted; the finalizer is set and taken off by a patch, and an annotation once it is obeyed',
  },
  {
    group: 'rookery.dev',
    resource: 'coordinationclusters/status',
    verbs: ['patch'],
    why: 'what was observed',
  },
  {
    group: 'rookery.dev',
    resource: 'coordinationclusters/finalizers',
    verbs: ['update'],
    why: 'for owner references that block the deletion of the cluster, where OwnerReferencesPermissionEnforcement is on, as in OpenShift',
  },
  {
    group: 'apps',
    resource: 'statefulsets',
    verbs: APPLIED,
    why: 'the members, and who proves a version for them; deleted before their volumes',
  },
  { group: '', resource: 'services', verbs: APPLIED, why: 'how clients and members find the members' },
  { group: '', resource: 'configmaps', verbs: APPLIED, why: "the members' rookery.yaml" },
  { group: '', resource: 'serviceaccounts', verbs: APPLIED, why: "the members' own, without any rights" },
  {
    group: 'policy',
    resource: 'poddisruptionbudgets',
    verbs: APPLIED,
    why: 'lets one member go at a time; there is none for fewer than three',
  },
  {
    group: 'networking.k8s.io',
    resource: 'networkpolicies',
    verbs: APPLIED,
    why: 'who may reach the members',
  },
  {
    group: '',
    resource: 'secrets',
    verbs: ['get', 'create', 'patch'],
    why: "those of each cluster, by their names: the token of the members' admin API, made, and changed where somebody asks for it; its certificate authority and the members' certificates, renewed. RBAC cannot tell them from others, whose content is never written over; never listed",
  },
  {
    group: '',
    resource: 'pods',
    verbs: ['list', 'watch', 'delete'],
    why: 'which members are there, and their addresses; one that cannot start is deleted once the spec has changed',
  },
  {
    group: '',
    resource: 'persistentvolumeclaims',
    verbs: ['list', 'watch', 'patch', 'delete'],
    why: 'they tell how many members there were where a StatefulSet is gone; expanded, and deleted with their cluster, where its spec says so; that of a proof is deleted after it, and those of a former cluster once a new one was forced',
  },
  {
    group: '',
    resource: 'events',
    verbs: ['list', 'create', 'patch'],
    why: 'what people should know; repeats raise a count; why pods and volumes cannot be made is told nowhere else',
  },
];

/** In the same namespaces, where the operator is told that cert-manager is there. */
export const certManagerPermissions: readonly Permission[] = [
  {
    group: 'cert-manager.io',
    resource: 'certificates',
    verbs: APPLIED,
    why: 'asks the issuer that a cluster names for its authority and for what clients are shown; where cert-manager is not asked nothing of it is granted',
  },
];

/** In the namespace that the operator itself runs in. */
export const ownNamespacePermissions: readonly Permission[] = [
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['create'],
    why: 'the first replica of all makes the lease',
  },
  {
    group: 'coordination.k8s.io',
    resource: 'leases',
    names: [LEASE_NAME],
    verbs: ['get', 'update'],
    why: "one replica leads; the leases of others, such as the control plane's, are none of its business",
  },
];
