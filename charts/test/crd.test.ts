import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterValuesSchema, crdTemplate } from '../scripts/from-crd.ts';
import { cases } from './cases.ts';
import { charts, manifest, objectsOf } from './helm.ts';

const crd = readFileSync(join(charts, '..', 'crds', 'coordinationclusters.yaml'), 'utf8');
const isCrd = ({ kind }: { kind: string }): boolean => kind === 'CustomResourceDefinition';

describe('what the charts take from the custom resource', () => {
  test('is not stale: if this fails, run `npm run charts`', () => {
    const read = (path: string): string => readFileSync(join(charts, path), 'utf8');
    expect(read('rookery/templates/coordinationclusters.yaml')).toBe(crdTemplate(crd));
    expect(read('coordination-cluster/values.schema.json')).toBe(clusterValuesSchema(crd));
  });

  test('Helm installs the very CRD, and keeps it when the release is uninstalled', () => {
    const [installed, ...others] = objectsOf(manifest(cases['rookery-defaults']!)).filter(isCrd);
    expect(others).toEqual([]);
    const { metadata, ...rest } = parse(crd) as { metadata: object };
    const annotations = { 'helm.sh/resource-policy': 'keep' };
    expect(installed).toEqual({ ...rest, metadata: { ...metadata, annotations } });
  });

  test('crds.install: false leaves it out', () => {
    expect(objectsOf(manifest(cases['rookery-nothing-extra']!)).filter(isCrd)).toEqual([]);
  });

  test('a CRD that Helm would read otherwise is not copied', () => {
    expect(() => crdTemplate(`${crd}# {{ .Values }}\n`)).toThrow('write it otherwise');
    expect(() => crdTemplate('spec: {}\n')).toThrow('metadata');
  });

  test('a field of the spec that would hide a value of the chart is refused', () => {
    const taken = crd.replace(
      /^( {14}properties:\n)( {16}replicas:)/m,
      '$1                name:\n                  type: string\n$2',
    );
    expect(taken).not.toBe(crd);
    expect(() => clusterValuesSchema(taken)).toThrow('the spec has fields that the chart uses itself: name');
  });
});
