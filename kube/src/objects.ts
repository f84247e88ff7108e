/** What every object of the API has, as the raw JSON that the API server sends. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name: string;
  /** Absent on objects that belong to no namespace. */
  readonly namespace?: string;
  readonly uid?: string;
  /** Opaque: compared for equality, and handed back. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Where objects of one kind live in the API. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** Names one object of a known type; no namespace for what belongs to none. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

/** `namespace/name`, or `name` alone: what queues and stores go by. Neither part can contain a slash. */
export function keyOf({ namespace, name }: ObjectName): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export function nameOfKey(key: string): ObjectName {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The key of the object of this kind that controls `object`, if there is one: for enqueuing the owner of what changed. */
export function controllerKeys(object: KubeObject, owner: ResourceType): readonly string[] {
  const reference = object.metadata.ownerReferences?.find(
    ({ controller, kind, apiVersion }) =>
      controller === true && kind === owner.kind && groupOf(apiVersion) === owner.group,
  );
  if (reference === undefined) return [];
  return [keyOf({ ...object.metadata, name: reference.name })];
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `/apis/apps/v1/namespaces/ns/statefulsets/name/status`: every part is optional but the type. */
export function pathOf(type: ResourceType, at: Partial<ObjectName>, subresource?: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const parts = at.namespace === undefined || at.namespace === '' ? [] : ['namespaces', at.namespace];
  parts.push(type.plural);
  if (at.name !== undefined) parts.push(at.name);
  if (subresource !== undefined) parts.push(subresource);
  return `${root}/${parts.map(encodeURIComponent).join('/')}`;
}
