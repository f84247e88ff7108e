import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { specSchema } from '../../../crds/test/committed-crd.ts';
import { loadConfig } from '../../../server/src/config/load.ts';
import { SETTING_NAMES } from '../../../server/src/config/settings.ts';
import { type Blueprint, blueprintOf } from '../../src/desired/blueprint.ts';
import { configMap } from '../../src/desired/config-map.ts';
import { memberConfig, memberConfigHash, proverConfig } from '../../src/desired/member-config.ts';
import { voters } from '../../src/desired/pool.ts';
import { statefulSet } from '../../src/desired/stateful-set.ts';
import { clusterOf, context } from './clusters.ts';
import { options } from './options.ts';

const specs = [
  {},
  ...options.map(({ spec }) => spec),
  ...['128Mi', '8192Gi'].map((memory) => ({ resources: { limits: { memory } } })),
];
const blueprintWith = (spec = {}, identity = {}) => blueprintOf(clusterOf(spec, identity), context);
const token = 'x'.repeat(32);

/** What the pod's variables are, as Kubernetes fills them in: those that come before stand for `$(NAME)`. */
function environmentOf(blueprint: Blueprint, ordinal: number): Record<string, string> {
  const [container] = statefulSet(blueprint, voters(blueprint)).spec.template.spec!.containers;
  const filled: Record<string, string> = {};
  for (const { name, value, valueFrom } of container!.env!) {
    filled[name] =
      valueFrom?.fieldRef === undefined
        ? value!.replaceAll(/\$\(([A-Z_]+)\)/g, (all, other: string) => filled[other] ?? all)
        : String(ordinal);
  }
  return filled;
}

/** A file of the pod, as its volumes hold it. */
function fileIn(blueprint: Blueprint, path: string): string {
  const { containers, volumes } = statefulSet(blueprint, voters(blueprint)).spec.template.spec!;
  const folder = dirname(path);
  const mount = containers[0]!.volumeMounts!.find(({ mountPath }) => mountPath === folder);
  const volume = volumes!.find(({ name }) => name === mount?.name);
  const map = configMap(blueprint);
  if (volume?.configMap?.name === map.metadata.name) return map.data[basename(path)]!;
  const item = volume?.secret?.items?.find((candidate) => candidate.path === basename(path));
  const keys = ['token', 'join-secret'];
  if (volume?.secret?.secretName === 'demo-admin' && keys.includes(item?.key ?? '')) return token;
  if (volume?.secret?.secretName === 'zk-super-user' && item?.key === 'digest')
    return `super:${'a'.repeat(27)}=`;
  throw new Error(`the pod has no file ${path}`);
}

/** What the member in the pod of this ordinal would run with. */
function load(spec = {}, { ordinal = 0, clusterId }: { ordinal?: number; clusterId?: string } = {}) {
  const blueprint = blueprintWith(spec, clusterId === undefined ? {} : { clusterId });
  const { args } = statefulSet(blueprint, voters(blueprint)).spec.template.spec!.containers[0]!;
  return loadConfig(args!, environmentOf(blueprint, ordinal), (path) => fileIn(blueprint, path));
}

describe("the members' settings", () => {
  test.each(specs)('are taken by the server without a warning, with %j', (spec) => {
    const { warnings, config } = load(spec);
    expect(warnings).toEqual([]);
    expect(config.dataDir).toBe('/data');
    expect(config.reconfigEnabled).toBe(false);
    expect(config.http.token).toBe(token);
  });

  test('name all members, as their pods are named', () => {
    const { config } = load({ replicas: 5 }, { ordinal: 4 });
    expect(config.serverId).toBe(5);
    expect(config.members.map(({ serverId, host }) => [serverId, host])).toEqual([
      [1, 'demo-peer-0.team.svc'],
      [2, 'demo-peer-1.team.svc'],
      [3, 'demo-peer-2.team.svc'],
      [4, 'demo-peer-3.team.svc'],
      [5, 'demo-peer-4.team.svc'],
    ]);
  });

  test('mean what the spec says', () => {
    const { config } = load({
      config: {
        tickTime: '500ms',
        minSessionTimeout: '1s',
        maxSessionTimeout: '1m',
        snapshotEvery: 7,
        maxRequestBytes: 2048,
        fourLetterWords: ['ruok'],
        limits: { connections: 9 },
      },
      resources: { limits: { memory: '1Gi' } },
    });
    expect(config).toMatchObject({
      tickTimeMs: 500,
      minSessionTimeoutMs: 1000,
      maxSessionTimeoutMs: 60_000,
      snapshotEveryEntries: 7,
      client: { host: '::', port: 2181, maxFrameBytes: 2048 },
      fourLetterWords: new Set(['ruok']),
      limits: { connections: 9, treeBytes: 512 * 1024 * 1024 },
    });
  });

  test.each([
    ['tickTime', '3s'],
    ['initLimit', 11],
    ['syncLimit', 6],
    ['minSessionTimeout', '5s'],
    ['maxSessionTimeout', '50s'],
    ['snapshotEvery', 8],
    ['snapshotRetain', 4],
    ['maxConnectionsPerAddress', 61],
    ['maxRequestBytes', 4096],
    ['fourLetterWords', ['ruok']],
    ['enforceQuotas', true],
    ['readOnlyMode', true],
    ['window', 'write'],
    ['httpForPrograms', true],
    ['logLevel', 'debug'],
    ['limits', { connections: 9 }],
    ['limits', { sessions: 900_000 }],
    ['limits', { nodes: 9 }],
    ['limits', { watches: 9 }],
    ['limits', { outstandingRequests: 90_000 }],
  ])('hold every field of spec.config: %s: %j', (field, value) => {
    const usual = load();
    const changed = load({ config: { [field]: value } });
    expect(Object.keys(specSchema.properties!.config!.properties!)).toContain(field);
    expect(changed.warnings).toEqual([]);
    expect(changed.config).not.toEqual(usual.config);
  });

  test('and no field of spec.config is missing above', () => {
    expect(Object.keys(specSchema.properties!.config!.properties!).sort()).toEqual([
      'enforceQuotas',
      'fourLetterWords',
      'httpForPrograms',
      'initLimit',
      'limits',
      'logLevel',
      'maxConnectionsPerAddress',
      'maxRequestBytes',
      'maxSessionTimeout',
      'minSessionTimeout',
      'readOnlyMode',
      'snapshotEvery',
      'snapshotRetain',
      'syncLimit',
      'tickTime',
      'window',
    ]);
  });

  test.each([
    [{ window: 'write' }, { http: { window: 'write', v1: false } }],
    [{ httpForPrograms: true }, { http: { window: 'read', v1: true } }],
    [{ enforceQuotas: true }, { enforceQuota: true }],
    [{ readOnlyMode: true }, { client: { readOnlyMode: true } }],
    [{}, { http: { window: 'read', v1: false }, enforceQuota: false, client: { readOnlyMode: false } }],
  ])('have what was new in 0.3.0: %j', (config, means) => {
    expect(load({ config }).config).toMatchObject(means);
  });

  test('allow no four-letter word where the spec lists none', () => {
    expect(load({ config: { fourLetterWords: [] } }).config.fourLetterWords).toEqual(new Set());
  });

  test.each(['0123456789abcdef0123456789abcdef', '01234567890123456789012345678901', '1e'.padEnd(32, '0')])(
    'hold the identity of the ensemble once it has one: %s',
    (clusterId) => {
      expect(load({}, { clusterId })).toMatchObject({ config: { clusterId }, warnings: [] });
    },
  );

  test('hold no identity before the ensemble has begun', () => {
    expect(memberConfig(blueprintWith())).not.toContain('clusterId');
  });

  test('hold no secret', () => {
    expect(memberConfig(blueprintWith())).not.toMatch(/token|secret|password/i);
    expect(SETTING_NAMES).toContain('http.token');
  });
});

describe('members of 0.2.0', () => {
  const NEWER = {
    config: { window: 'write', httpForPrograms: true, enforceQuotas: true, readOnlyMode: true },
  } as const;
  /** While the version of the spec is proved, the members run the former one. */
  const onImage = (spec: object, tag: string) =>
    blueprintOf(clusterOf({ version: '0.3.0', ...spec }), {
      ...context,
      running: `${context.serverImage}:${tag}`,
    });

  test('are told of no setting that they do not know, and are not started anew for it', () => {
    const asked = onImage(NEWER, '0.2.0');
    const usual = onImage({}, '0.2.0');
    expect(memberConfig(asked)).toBe(memberConfig(usual));
    expect(statefulSet(asked, voters(asked))).toEqual(statefulSet(usual, voters(usual)));
  });

  test.each(['0.3.0-rc.1', '0.3.0', '0.10.0', '1.2.0'])('and those of %s are', (tag) => {
    expect(memberConfig(onImage(NEWER, tag))).not.toBe(memberConfig(onImage({}, tag)));
  });

  test('and so is the learner by which the next version is proved', () => {
    const proved = blueprintOf(clusterOf({ version: '0.3.0', ...NEWER }), context);
    expect(proverConfig(proved)).toMatchObject({ http: { window: 'write', v1: true } });
  });
});

describe('the hash of the settings', () => {
  test('stays when the ensemble begins, and when it has other members: no pod has to start again for it', () => {
    const usual = memberConfigHash(blueprintWith());
    expect(memberConfigHash(blueprintWith({}, { clusterId: 'f'.repeat(32) }))).toBe(usual);
    expect(memberConfigHash(blueprintWith({ replicas: 5 }))).toBe(usual);
  });

  test('stays where what is off is switched off, or what the members do anyway is left to them', () => {
    const off = { enforceQuotas: false, readOnlyMode: false, httpForPrograms: false };
    expect(memberConfigHash(blueprintWith({ config: off }))).toBe(memberConfigHash(blueprintWith()));
  });

  test('changes with a setting', () => {
    expect(memberConfigHash(blueprintWith({ config: { syncLimit: 6 } }))).not.toBe(
      memberConfigHash(blueprintWith()),
    );
  });
});
