import { readdirSync } from 'node:fs';
import type { CoordinationCluster } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { specSchema, type WrittenSchema } from '../../../crds/test/committed-crd.ts';
import { type DesiredContext, desired } from '../../src/desired/desired.ts';
import { clusterOf, context } from './clusters.ts';
import { expectGolden, goldenFolder } from './golden.ts';
import { lineDifference } from './line-difference.ts';
import { type Option, options, otherOptions } from './options.ts';

const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** Every object's YAML, by kind and name. */
function texts(cluster: CoordinationCluster, given: DesiredContext = context): Map<string, string> {
  return new Map(
    desired(cluster, given).map((object) => [`${object.kind} ${object.metadata.name}`, yaml(object)]),
  );
}

const usual = texts(clusterOf());

/** What of the objects of three members with defaults becomes another. */
function changes(cluster: CoordinationCluster, given: DesiredContext = context): string[] {
  const changed = texts(cluster, given);
  return [...new Set([...usual.keys(), ...changed.keys()])].flatMap((name) => {
    const before = usual.get(name);
    const after = changed.get(name);
    if (before === after) return [];
    if (after === undefined) return [`  ${name}`, '    none'];
    const lines = lineDifference((before ?? '').split('\n'), after.split('\n'));
    return [`  ${name}`, ...lines.map((line) => `    ${line}`)];
  });
}

function section({ spec }: Option): string {
  return `${[yaml(spec).trimEnd(), ...changes(clusterOf(spec))].join('\n')}\n\n`;
}

const files = [
  '1-member.yaml',
  '3-members.yaml',
  '5-members.yaml',
  'options.diff',
  'later.diff',
  'proof.yaml',
  'read-replicas.yaml',
];

describe('golden files', () => {
  test.each([
    [1, '1-member.yaml'],
    [3, '3-members.yaml'],
    [5, '5-members.yaml'],
  ])('all objects of %i members', (replicas, file) => {
    expectGolden(file, [...texts(clusterOf({ replicas })).values()].join('---\n'));
  });

  test('while another version is proved: what there is besides, and what of the others changes', () => {
    const cluster = clusterOf({ version: '1.1.0' }, { clusterId: '0123456789abcdef0123456789abcdef' });
    const running = `${context.serverImage}:1.0.0`;
    const before = desired(cluster, { ...context, running });
    const proving = desired(cluster, { ...context, running, proof: 'whole' });
    const known = new Map(before.map((object) => [`${object.kind} ${object.metadata.name}`, yaml(object)]));
    const others = proving.filter(
      (object) => known.get(`${object.kind} ${object.metadata.name}`) !== yaml(object),
    );
    expectGolden('proof.yaml', others.map(yaml).join('---\n'));
  });

  test('what each option changes', () => {
    expectGolden('options.diff', options.map(section).join(''));
  });

  test('what becomes known later changes', () => {
    const clusterId = '0123456789abcdef0123456789abcdef';
    const text = [
      'the ensemble has begun',
      ...changes(clusterOf({}, { clusterId })),
      '',
      'there are more members than the spec says',
      ...changes(clusterOf(), { ...context, members: 5 }),
      '',
    ];
    expectGolden('later.diff', text.join('\n'));
  });

  test('no file is left over', () => {
    expect(readdirSync(goldenFolder).sort()).toEqual([...files].sort());
  });
});

/** Paths of the fields of a spec that hold no further fields of the schema. */
function leaves(schema: WrittenSchema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return field.properties === undefined ? [at] : leaves(field, at);
  });
}

describe('options', () => {
  test('each field of the spec is one of them', () => {
    const known = new Set([...options, ...otherOptions].map(({ path }) => path));
    expect([...known].sort()).toEqual(leaves(specSchema, '').sort());
  });

  test.each(options)('$path changes some object', ({ spec }) => {
    expect(changes(clusterOf(spec))).not.toEqual([]);
  });

  test.each(otherOptions)('$path changes no object', ({ spec }) => {
    expect(changes(clusterOf(spec))).toEqual([]);
  });
});
