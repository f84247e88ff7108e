import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CONDITION_TYPES, type CoordinationClusterStatus } from '../src/index.ts';
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

const everything: CoordinationClusterStatus = {
  observedGeneration: 4,
  clusterId: '3f1c9a52b7d04e68',
  phase: 'Degraded',
  replicas: 3,
  readyReplicas: 2,
  voters: 3,
  readReplicas: 2,
  readyReadReplicas: 1,
  selector: 'app.kubernetes.io/name=rookery,app.kubernetes.io/instance=demo',
  leader: 'demo-1',
  currentVersion: '1.0.0',
  targetVersion: '1.0.0',
  featureLevel: 1,
  volumeSize: '10Gi',
  endpoints: {
    client: 'demo.default.svc:2181',
    read: 'demo-read.default.svc:2181',
    members: ['demo-0.demo-headless.default.svc:2181'],
    external: ['zk-0.example.com:2181'],
  },
  operation: {
    type: 'Bootstrap',
    step: 'waiting for demo-2',
    target: 'demo-2',
    memberId: 40,
    forced: { recovery: 0, lastIndex: 1200, volumes: ['0f2a'] },
    startedAt: '2026-01-01T00:00:00Z',
  },
  recovery: 1,
  tls: {
    peer: 'Required',
    authority: 'AB:CD',
    authorityNotAfter: '2028-01-01T00:00:00Z',
    notAfter: '2026-04-01T00:00:00Z',
  },
  upgradeProof: { image: 'example.com/rookery-server:1.0.0', result: 'Equal', checkpoint: 1200 },
  members: [
    { name: 'demo-0', id: 1, role: 'follower', ready: true, version: '1.0.0', lag: 0, certSerial: '0A1B' },
    { name: 'demo-1', id: 2, role: 'leader', ready: true, version: '1.0.0', lag: 0 },
    { name: 'demo-2', id: 0, role: 'unknown', ready: false },
  ],
  conditions: CONDITION_TYPES.map((type) => ({
    type,
    status: 'Unknown',
    observedGeneration: 4,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    reason: 'NotSeenYet',
    message: '',
  })),
};

describe('the status', () => {
  const statusSchema = rootSchema.properties!.status!;

  test('may be whole, or nothing yet', () => {
    expect(Object.keys(everything).sort()).toEqual(Object.keys(statusSchema.properties!).sort());
    expect(problemsOf(statusSchema, everything, 'status')).toEqual([]);
    expect(problemsOf(statusSchema, {}, 'status')).toEqual([]);
  });

  test('has no two conditions of one type, and no condition without a reason', () => {
    const [first] = everything.conditions!;
    const twice = { conditions: [first, { ...first, reason: '' }] };
    expect(problemsOf(statusSchema, twice, 'status').map(({ path }) => path)).toEqual([
      'status.conditions[1].reason',
      'status.conditions[1].reason',
      'status.conditions[1]',
    ]);
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
    const later = ['auth', 'monitoring'];
    expect(later.filter((name) => specSchema.properties![name] !== undefined)).toEqual([]);
  });
});
