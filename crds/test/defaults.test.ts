import { describe, expect, test } from 'vitest';
import { Random } from '../../testkit/src/random.ts';
import { type CoordinationClusterSpecInput, withDefaults } from '../src/index.ts';
import { applyDefaults } from './api-server-defaults.ts';
import { cases } from './cases.ts';
import { specSchema, type WrittenSchema } from './committed-crd.ts';
import { problemsOf } from './openapi-validator.ts';

function byApiServer(spec: unknown): unknown {
  const document = structuredClone(spec);
  applyDefaults(specSchema, document);
  return document;
}

/** A document of the schema's shape in which each field is there, is null, or is left out. */
function documentOf(schema: WrittenSchema, random: Random): unknown {
  if (schema.properties !== undefined) {
    const fields = Object.entries({ ...schema.properties, unknownField: { type: 'string' } });
    const chosen = fields.filter(() => random.chance(0.5));
    return Object.fromEntries(
      chosen.map(([name, field]) => [name, random.chance(0.1) ? null : documentOf(field, random)]),
    );
  }
  if (schema.items !== undefined) {
    return Array.from({ length: random.below(3) }, () => documentOf(schema.items!, random));
  }
  if (schema.additionalProperties !== undefined) return random.chance(0.5) ? {} : { a: 'b', c: null };
  if (schema.type === 'boolean') return random.chance(0.5);
  if (schema.type === 'integer') return random.below(10);
  return schema.enum?.[0] ?? 'text';
}

describe('withDefaults', () => {
  test('gives the smallest spec everything that the operator reads', () => {
    expect(withDefaults({ version: '1.0.0' })).toEqual({
      replicas: 3,
      allowEvenReplicas: false,
      readReplicas: 0,
      version: '1.0.0',
      image: { pullPolicy: 'IfNotPresent', pullSecrets: [] },
      paused: false,
      storage: { size: '10Gi', retention: { whenDeleted: 'Retain' } },
      config: {
        tickTime: '2s',
        initLimit: 10,
        syncLimit: 5,
        snapshotEvery: 100_000,
        snapshotRetain: 3,
        maxConnectionsPerAddress: 60,
        maxRequestBytes: 1_048_575,
        fourLetterWords: ['srvr', 'mntr', 'ruok', 'isro', 'stat', 'conf'],
        enforceQuotas: false,
        readOnlyMode: false,
        httpForPrograms: false,
        logLevel: 'info',
        limits: {
          connections: 50_000,
          sessions: 1_000_000,
          nodes: 16_000_000,
          watches: 10_000_000,
          outstandingRequests: 100_000,
        },
      },
      tls: { peer: {}, client: { mode: 'Disabled', hostnames: [] }, caOverlap: '24h' },
      services: {
        client: { type: 'ClusterIP', annotations: {}, ipFamilyPolicy: 'PreferDualStack' },
        external: { enabled: false, type: 'LoadBalancer', annotations: {} },
      },
      hibernated: false,
      update: {
        readyTimeout: '10m',
        raiseFeatureLevel: true,
        proof: { enabled: true, checkpoints: 3, timeout: '30m' },
      },
      nodeFailure: {},
      superUser: {},
      disruption: { pdb: 'Auto' },
      scheduling: { spread: 'Preferred', zones: true, nodeSelector: {}, tolerations: [] },
      networkPolicy: { enabled: true, clientFrom: [] },
      resources: { requests: { cpu: '200m' }, limits: { memory: '512Mi' } },
      podTemplate: { metadata: { labels: {}, annotations: {} } },
    });
  });

  test.each(cases)('does what the API server does by the committed CRD: $title', ({ spec }) => {
    expect(withDefaults(spec as CoordinationClusterSpecInput)).toEqual(byApiServer(spec));
  });

  test('does so for documents of every shape', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const spec = documentOf(specSchema, new Random(seed));
      expect(withDefaults(spec as CoordinationClusterSpecInput), `seed ${seed}`).toEqual(byApiServer(spec));
    }
  });

  test('leaves what it was given alone', () => {
    const given = { version: '1.0.0', storage: {} };
    expect(withDefaults(given).storage.size).toBe('10Gi');
    expect(given).toEqual({ version: '1.0.0', storage: {} });
  });

  test('gives each caller defaults of its own', () => {
    const first = withDefaults({ version: '1.0.0' });
    const second = withDefaults({ version: '1.0.0' });
    expect(first.image.pullSecrets).not.toBe(second.image.pullSecrets);
    expect(first.podTemplate.metadata.labels).not.toBe(second.podTemplate.metadata.labels);
    expect(first.config.fourLetterWords).not.toBe(second.config.fourLetterWords);
  });

  test('changes nothing the second time', () => {
    const once = withDefaults({ version: '1.0.0', replicas: 5 });
    expect(withDefaults(once)).toEqual(once);
    expect(problemsOf(specSchema, once, 'spec')).toEqual([]);
  });
});
