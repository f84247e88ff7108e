import { describe, expect, test } from 'vitest';
import {
  certManagerPermissions,
  namespacePermissions,
  ownNamespacePermissions,
  type Permission,
} from '../../operator/src/permissions.ts';
import { cases } from './cases.ts';
import { manifest, objectsOf, type RenderedObject } from './helm.ts';

interface Role extends RenderedObject {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

interface Binding extends RenderedObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

/** `group/resource verb`, with ` of NAME` where it is for some objects alone; sorted. Rules have no other field than these four. */
function granted({ rules }: Role): string[] {
  return rules
    .flatMap(({ apiGroups, resources, resourceNames, verbs, ...other }) => {
      expect(other).toEqual({});
      return apiGroups.flatMap((group) =>
        resources.flatMap((resource) => texts({ group, resource, verbs }, resourceNames)),
      );
    })
    .sort();
}

function needed(permissions: readonly Permission[]): string[] {
  return permissions.flatMap((permission) => texts(permission, permission.names)).sort();
}

function texts(
  { group, resource, verbs }: { group: string; resource: string; verbs: readonly string[] },
  names: readonly string[] | undefined,
): string[] {
  // To RBAC an empty list of names is no limit.
  const limits = names === undefined || names.length === 0 ? [''] : names.map((name) => ` of ${name}`);
  return verbs.flatMap((verb) => limits.map((limit) => `${group}/${resource} ${verb}${limit}`));
}

/** What the operator's ServiceAccount gets: where (all: in every namespace) → what. Every binding is to it and to nobody else. */
function rightsOf(name: string): Record<string, string[][]> {
  const objects = objectsOf(manifest(cases[name]!));
  const account = (
    objects.find(({ kind }) => kind === 'Deployment')!.spec as {
      template: { spec: { serviceAccountName: string } };
    }
  ).template.spec.serviceAccountName;
  const rights: Record<string, string[][]> = {};
  for (const binding of objects.filter(({ kind }) => kind.endsWith('RoleBinding')) as Binding[]) {
    const { namespace } = binding.metadata;
    expect(binding.subjects).toEqual([
      { kind: 'ServiceAccount', name: account, namespace: cases[name]!.namespace },
    ]);
    const role = objects.find(
      ({ kind, metadata }) =>
        kind === binding.roleRef.kind &&
        metadata.name === binding.roleRef.name &&
        metadata.namespace === namespace,
    );
    expect(role).toBeDefined();
    const where = namespace ?? 'all';
    rights[where] = [...(rights[where] ?? []), granted(role as Role)];
  }
  return rights;
}

const watched = needed(namespacePermissions);
const withCertManager = needed([...namespacePermissions, ...certManagerPermissions]);
const own = needed(ownNamespacePermissions);

describe("the operator's rights are those of operator/src/permissions.ts, no more and no less", () => {
  test.each(['rookery-defaults', 'rookery-everything', 'rookery-nothing-extra'])(
    '%s: in all namespaces, and its lease in its own',
    (name) => {
      expect(rightsOf(name)).toEqual({ all: [watched], 'rookery-system': [own] });
    },
  );

  test('with a list of namespaces: in those, and none that hold everywhere', () => {
    expect(rightsOf('rookery-namespaces')).toEqual({ apps: [watched], 'rookery-system': [watched, own] });
  });

  test('those for cert-manager only where it is there', () => {
    expect(rightsOf('rookery-cert-manager')).toEqual({ all: [withCertManager], 'rookery-system': [own] });
  });

  test('each is named once and gives its reason; nothing is named by a wildcard', () => {
    const all = [...withCertManager, ...own];
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter((right) => right.includes('*'))).toEqual([]);
    expect(all.filter((right) => / (create|list|watch) of /.test(right))).toEqual([]);
    const permissions = [...namespacePermissions, ...certManagerPermissions, ...ownNamespacePermissions];
    for (const { why } of permissions) expect(why).not.toBe('');
  });
});

test('people get the rights of their role over CoordinationClusters, and over nothing else', () => {
  const objects = objectsOf(manifest(cases['rookery-defaults']!));
  const rightsFor = (role: string): string[] => {
    const label = `rbac.authorization.k8s.io/aggregate-to-${role}`;
    const found = objects.filter(({ metadata }) => metadata.labels?.[label] === 'true');
    expect(found.map(({ kind }) => kind)).toEqual(['ClusterRole']);
    return granted(found[0] as Role);
  };
  const cluster = 'rookery.dev/coordinationclusters';
  const read = (resource: string): string[] => ['get', 'list', 'watch'].map((verb) => `${resource} ${verb}`);
  expect(rightsFor('view')).toEqual([cluster, `${cluster}/scale`, `${cluster}/status`].flatMap(read).sort());
  expect(rightsFor('edit')).toEqual(
    [
      ...['create', 'delete', 'deletecollection', 'patch', 'update'].map((verb) => `${cluster} ${verb}`),
      ...['patch', 'update'].map((verb) => `${cluster}/scale ${verb}`),
    ].sort(),
  );
});
