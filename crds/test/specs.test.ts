import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { applyDefaults } from './api-server-defaults.ts';
import { type Case, cases } from './cases.ts';
import { crdPath, rootSchema, specSchema } from './committed-crd.ts';
import { problemsOf } from './openapi-validator.ts';

/** As Kubernetes completes it: kind and apiVersion are every object's. */
const objectSchema = {
  ...rootSchema,
  properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, ...rootSchema.properties },
};

/** The paths that the schema's keywords refuse once the API server has filled in the defaults. */
function refusedPaths({ spec }: Case): string[] {
  const document = structuredClone(spec);
  applyDefaults(specSchema, document);
  return problemsOf(specSchema, document, 'spec').map(({ path }) => path);
}

describe('the README', () => {
  test('shows a CoordinationCluster that is accepted as it stands', () => {
    const readme = readFileSync(join(dirname(crdPath), 'README.md'), 'utf8');
    const examples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      (match) => parse(match[1]!) as unknown,
    );
    expect(examples).toHaveLength(1);
    expect(examples.flatMap((example) => problemsOf(objectSchema, example, ''))).toEqual([]);
  });
});

describe('the schema', () => {
  test.each(cases.filter(({ refused }) => refused === undefined))('accepts $title', (each) => {
    expect(refusedPaths(each)).toEqual([]);
  });

  test.each(
    cases.flatMap((each) => (each.refused?.by === 'keyword' ? [{ ...each, at: each.refused.at }] : [])),
  )('refuses $title, at $at', (each) => {
    expect(refusedPaths(each)).toEqual([each.at]);
  });

  test('knows no field that nothing acts on yet, so that kubectl refuses it instead of dropping it', () => {
    const later = ['readReplicas', 'hibernated', 'auth', 'tls', 'update', 'monitoring'];
    expect(later.filter((name) => specSchema.properties![name] !== undefined)).toEqual([]);
  });
});
