import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../../server/src/config/load.ts';
import { blueprintOf } from '../../src/desired/blueprint.ts';
import type { ConfigMap } from '../../src/desired/config-map.ts';
import { type DesiredContext, desired } from '../../src/desired/desired.ts';
import { readReplicaLabels, selectorLabels } from '../../src/desired/labels.ts';
import type { NetworkPolicy } from '../../src/desired/network-policy.ts';
import { readReplicas } from '../../src/desired/pool.ts';
import { readReplicaObjects } from '../../src/desired/read-replicas.ts';
import type { Service } from '../../src/desired/services.ts';
import type { StatefulSet } from '../../src/desired/stateful-set.ts';
import { isReadServerId, memberHost, PROOF_SERVER_ID, peerHost } from '../../src/model/cluster-names.ts';
import { clusterOf, context } from './clusters.ts';
import { expectGolden } from './golden.ts';
import { storedForm } from './stored-form.ts';

const BEGUN = { clusterId: '0123456789abcdef0123456789abcdef' };
const cluster = clusterOf({ readReplicas: 2 }, BEGUN);
const reading: DesiredContext = { ...context, readReplicas: 2 };
const objects = readReplicaObjects(cluster, reading);
const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

function find<T>(kind: string, name: string): T {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found as T;
}

const set = find<StatefulSet>('StatefulSet', 'demo-read');

test('all objects of two read replicas', () => {
  expectGolden('read-replicas.yaml', objects.map(yaml).join('---\n'));
});

test('none where there are none', () => {
  expect(readReplicaObjects(cluster, context)).toEqual([]);
});

test('of the objects of the members their NetworkPolicy alone is another one, which lets both reach one another', () => {
  const before = new Set(desired(cluster, context).map(yaml));
  const others = desired(cluster, reading).filter((object) => !before.has(yaml(object)));
  expect(others.map(({ kind }) => kind)).toEqual(['NetworkPolicy']);
  const { podSelector, ingress } = (others[0] as NetworkPolicy).spec;
  const both = { matchLabels: { 'rookery.dev/cluster': 'demo' } };
  expect(podSelector).toEqual(both);
  expect(ingress.find(({ ports }) => ports[0]?.port === 2888)?.from).toEqual([{ podSelector: both }]);
});

test('they are as the API server stores them', () => {
  for (const object of objects) expect(storedForm(object)).toEqual(object);
});

describe('the two pools are told apart', () => {
  test('by labels, of which neither selects the pods of the other', () => {
    const pod = set.spec.template.metadata?.labels ?? {};
    const isSelectedBy = (labels: Readonly<Record<string, string>>): boolean =>
      Object.entries(labels).every(([key, value]) => pod[key] === value);
    expect(isSelectedBy(readReplicaLabels('demo'))).toBe(true);
    expect(isSelectedBy(selectorLabels('demo'))).toBe(false);
  });

  test('by ordinals and so by server ids, whatever each has at most, and from who proves a version', () => {
    expect(set.spec.ordinals).toEqual({ start: 100 });
    const ids = [1, 7, 100, 101, 120, PROOF_SERVER_ID];
    expect(ids.map(isReadServerId)).toEqual([false, false, false, true, true, false]);
  });
});

test('each is found by the members and by clients under the names that it is added with', () => {
  const blueprint = blueprintOf(cluster, reading);
  expect(set.spec.serviceName).toBe(readReplicas(blueprint).headlessService);
  for (const ordinal of [100, 101]) {
    expect(memberHost('demo', 'team', ordinal)).toBe(`demo-read-${ordinal}.${set.spec.serviceName}.team.svc`);
    const { metadata, spec } = find<Service>('Service', `demo-peer-${ordinal}`);
    expect(peerHost('demo', 'team', ordinal)).toBe(`${metadata.name}.team.svc`);
    expect(spec.selector).toMatchObject({ 'statefulset.kubernetes.io/pod-name': `demo-read-${ordinal}` });
  }
});

test('the server starts with their settings, as a learner among the members', () => {
  const maps = objects.filter(({ kind }) => kind === 'ConfigMap') as ConfigMap[];
  expect(maps).toHaveLength(1);
  const volume = set.spec.template.spec!.volumes!.find(({ configMap }) => configMap !== undefined);
  expect(volume?.configMap?.name).toBe(maps[0]!.metadata.name);
  const { args = [] } = set.spec.template.spec!.containers[0]!;
  const environment = {
    ROOKERY_ORDINAL: '101',
    ROOKERY_HTTP_TOKEN: 'x'.repeat(32),
    ROOKERY_PEER_SECRET: 'x'.repeat(32),
  };
  const { config } = loadConfig(args, environment, () => maps[0]!.data['rookery.yaml']!);
  expect(config.serverId).toBe(102);
  expect(config.members.map(({ serverId, role }) => [serverId, role])).toEqual([
    [1, 'voter'],
    [2, 'voter'],
    [3, 'voter'],
    [101, 'learner'],
    [102, 'learner'],
  ]);
});

test('asleep they have no pod, and it is noted how many there are', () => {
  const asleep = readReplicaObjects(clusterOf({ hibernated: true }, BEGUN), reading).at(-1) as StatefulSet;
  expect(asleep.spec.replicas).toBe(0);
  expect(asleep.metadata.annotations).toEqual({ 'rookery.dev/members': '2' });
});

test('a single one has no disruption budget, which could only be in the way', () => {
  const kinds = (count: number) =>
    readReplicaObjects(cluster, { ...context, readReplicas: count }).map(({ kind }) => kind);
  expect(kinds(1)).not.toContain('PodDisruptionBudget');
  expect(kinds(2)).toContain('PodDisruptionBudget');
});
