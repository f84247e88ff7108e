import { describe, expect, test } from 'vitest';
import { crdYaml } from '../src/cluster/crd-yaml.ts';
import { crd, crdText, crdVersion, everySchema, rootSchema } from './committed-crd.ts';

describe('the committed CRD', () => {
  test('is what the schema says: otherwise run `npm run crds`', () => {
    expect(crdText).toBe(crdYaml());
  });

  test('is named after its plural and its group, found by short name and category, and namespaced', () => {
    expect(crd.metadata.name).toBe('coordinationclusters.rookery.dev');
    expect(crd.spec.group).toBe('rookery.dev');
    expect(crd.spec.scope).toBe('Namespaced');
    expect(crd.spec.names).toEqual({
      kind: 'CoordinationCluster',
      listKind: 'CoordinationClusterList',
      plural: 'coordinationclusters',
      singular: 'coordinationcluster',
      shortNames: ['cc'],
      categories: ['all'],
    });
  });

  test('has one version, v1, that is served and stored', () => {
    expect(crd.spec.versions.map(({ name, served, storage }) => ({ name, served, storage }))).toEqual([
      { name: 'v1', served: true, storage: true },
    ]);
  });

  test('has the subresources status and scale, whose paths lead to fields of the right types', () => {
    expect(crdVersion.subresources).toEqual({
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.selector',
      },
    });
    const types = new Map(everySchema(rootSchema).map(({ path, schema }) => [path, schema.type]));
    expect(types.get('spec.replicas')).toBe('integer');
    expect(types.get('status.replicas')).toBe('integer');
    expect(types.get('status.selector')).toBe('string');
  });

  test('prints Ready, Desired, Leader, Version, Phase, Message and Age; wide, Voters and Operation too', () => {
    const columns = crdVersion.additionalPrinterColumns;
    const narrow = columns.filter(({ priority }) => priority === undefined).map(({ name }) => name);
    const wide = columns.filter(({ priority }) => priority === 1).map(({ name }) => name);
    expect(narrow).toEqual(['Ready', 'Desired', 'Leader', 'Version', 'Phase', 'Message', 'Age']);
    expect(wide).toEqual(['Voters', 'Read', 'Operation']);
    const fields = new Set(everySchema(rootSchema).map(({ path }) => `.${path}`));
    const fieldOf = (jsonPath: string): string => jsonPath.replace(/\[\?\(.*\)\]/, '[]');
    const blind = columns.filter(
      ({ jsonPath }) => jsonPath !== '.metadata.creationTimestamp' && !fields.has(fieldOf(jsonPath)),
    );
    expect(blind).toEqual([]);
  });

  test('can be put into a Helm chart as it is: nothing in it looks like a template', () => {
    expect(crdText).not.toContain('{{');
  });
});
