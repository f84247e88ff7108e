import type { Received } from '../../../kube/test/api-server.ts';
import {
  namespacePermissions,
  ownNamespacePermissions,
  type Permission,
  type Verb,
} from '../../src/permissions.ts';

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: Verb;
  /** Absent: of all, or of one that is not named yet. */
  readonly name?: string;
  /** Absent: in all namespaces. */
  readonly namespace?: string;
}

type Request = Pick<Received, 'method' | 'path' | 'query' | 'headers' | 'body'>;

const WRITES: Readonly<Record<string, Verb>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** What the API server asks RBAC for before it does what is requested. */
export function rightsFor(request: Request): readonly Right[] {
  const { method, query, headers } = request;
  const parts = request.path.split('/').slice(1);
  const group = parts.shift() === 'api' ? '' : parts.shift()!;
  parts.shift(); // the version
  const at = parts[0] === 'namespaces' && parts.length > 2 ? { namespace: parts[1]! } : {};
  const [plural = '', name, subresource] = parts.slice('namespace' in at ? 2 : 0);
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const read: Verb = query.has('watch') ? 'watch' : name === undefined ? 'list' : 'get';
  const of = name === undefined ? {} : { name };
  const right: Right = { group, resource, verb: method === 'GET' ? read : WRITES[method]!, ...of, ...at };
  const isApply = headers['content-type'] === 'application/apply-patch+yaml';
  return [
    right,
    // What is not there is created by an apply; a status never is.
    ...(isApply && subresource === undefined ? [{ ...right, verb: 'create' as const }] : []),
    ...blockedOwners(request.body).map((owner) => ({ ...owner, verb: 'update' as const, ...at })),
  ];
}

/** What the admission OwnerReferencesPermissionEnforcement asks for. */
function blockedOwners(body: unknown): { group: string; resource: string }[] {
  const { metadata } = (body ?? {}) as {
    metadata?: { ownerReferences?: { apiVersion: string; kind: string; blockOwnerDeletion?: boolean }[] };
  };
  return (metadata?.ownerReferences ?? [])
    .filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true)
    .map(({ apiVersion, kind }) => ({
      group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
      resource: `${kind.toLowerCase()}s/finalizers`,
    }));
}

/** Holds the requests of an operator against operator/src/permissions.ts. */
export class PermissionUse {
  readonly #ownNamespace: string;
  readonly #permissions: readonly Permission[];
  readonly #used = new Set<string>();
  readonly #refused = new Set<string>();

  /**
   * @param ownNamespace where the operator itself runs
   * @param permissions in the namespaces that it watches
   */
  constructor(ownNamespace: string, permissions: readonly Permission[] = namespacePermissions) {
    this.#ownNamespace = ownNamespace;
    this.#permissions = permissions;
  }

  /** May be given the same requests again. */
  saw(requests: readonly Request[]): void {
    for (const right of requests.flatMap(rightsFor)) {
      const own = right.namespace === this.#ownNamespace ? ownNamespacePermissions : [];
      const granted = [...own, ...this.#permissions].filter((permission) => permits(permission, right));
      for (const permission of granted) this.#used.add(textOf(permission, right.verb));
      if (granted.length > 0) continue;
      this.#refused.add(`${textOf(right, right.verb)} in ${right.namespace ?? 'all namespaces'}`);
    }
  }

  /** What a real API server would have answered 403. */
  refused(): readonly string[] {
    return [...this.#refused].sort();
  }

  /** What is granted, and nothing that was seen has needed. */
  unused(): readonly string[] {
    return [...this.#permissions, ...ownNamespacePermissions]
      .flatMap((permission) => permission.verbs.map((verb) => textOf(permission, verb)))
      .filter((right) => !this.#used.has(right))
      .sort();
  }
}

function permits({ group, resource, verbs, names }: Permission, right: Right): boolean {
  return (
    group === right.group &&
    resource === right.resource &&
    verbs.includes(right.verb) &&
    (names === undefined || (right.name !== undefined && names.includes(right.name)))
  );
}

function textOf({ group, resource }: Pick<Right, 'group' | 'resource'>, verb: Verb): string {
  return `${group === '' ? 'core' : group}/${resource} ${verb}`;
}
