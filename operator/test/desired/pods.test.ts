import { quantityBytes } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { boundsOf } from '../../../server/src/bounds/bounds.ts';
import { DEFAULT_FRAME_BYTES } from '../../../server/src/bounds/limits.ts';
import { blueprintOf } from '../../src/desired/blueprint.ts';
import { desired } from '../../src/desired/desired.ts';
import { selectorLabels } from '../../src/desired/labels.ts';
import { memoryShares } from '../../src/desired/memory.ts';
import { serverIdOfOrdinal } from '../../src/desired/names.ts';
import { readReplicas, voters } from '../../src/desired/pool.ts';
import { readReplicaObjects } from '../../src/desired/read-replicas.ts';
import {
  clientService,
  externalServices,
  headlessService,
  peerServices,
  readService,
} from '../../src/desired/services.ts';
import { statefulSet } from '../../src/desired/stateful-set.ts';
import { memberHost, peerHost } from '../../src/model/cluster-names.ts';
import { clusterOf, context } from './clusters.ts';
import { options } from './options.ts';

const specs = [{}, ...options.map(({ spec }) => spec)];
const setOf = (spec = {}, identity = {}) => {
  const blueprint = blueprintOf(clusterOf(spec, identity), context);
  return statefulSet(blueprint, voters(blueprint));
};
const podOf = (spec = {}) => setOf(spec).spec.template.spec!;

describe('pods keep to the Pod Security Standard "restricted", with every option', () => {
  test.each(specs)('with %j', (spec) => {
    const pod = podOf(spec);
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65_532,
      runAsGroup: 65_532,
      fsGroup: 65_532,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers', 'ephemeralContainers']) {
      expect(pod).not.toHaveProperty(field);
    }
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const port of container.ports!) expect(port).not.toHaveProperty('hostPort');
    }
    const kinds = pod.volumes!.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
    expect(kinds.slice(0, 2)).toEqual(['configMap', 'secret']);
    expect(new Set(kinds.slice(1))).toEqual(new Set(['secret']));
    const modes = pod.volumes!.slice(1).map(({ secret }) => secret!.defaultMode);
    expect(new Set(modes)).toEqual(new Set([0o440]));
    expect(pod.automountServiceAccountToken).toBe(false);
  });
});

describe('the StatefulSet leaves everything that can hurt a quorum to the operator', () => {
  test.each(specs)('with %j', (spec) => {
    const set = setOf(spec).spec;
    expect(set.podManagementPolicy).toBe('Parallel');
    expect(set.updateStrategy).toEqual({ type: 'OnDelete' });
    expect(set.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  });

  test('a volume of a pod is kept however the cluster is deleted', () => {
    expect(setOf({ storage: { retention: { whenDeleted: 'Delete' } } })).toEqual(setOf());
  });
});

describe('selectors', () => {
  const selectors = (spec = {}) => {
    const set = setOf(spec).spec;
    return { set: set.selector.matchLabels, pods: set.template.metadata!.labels! };
  };

  test('select the members, with every option by the same labels', () => {
    for (const spec of specs) {
      const { set, pods } = selectors(spec);
      expect(set).toEqual(selectorLabels('demo'));
      expect(pods).toMatchObject(selectorLabels('demo'));
    }
    expect(Object.keys(selectorLabels('demo'))).not.toContain('app.kubernetes.io/version');
  });

  test('are the same in all objects', () => {
    const found: unknown[] = [];
    JSON.stringify(desired(clusterOf(), context), (key, value: unknown) => {
      if (key === 'matchLabels' || (key === 'selector' && !JSON.stringify(value).includes('matchLabels'))) {
        found.push(value);
      }
      return value;
    });
    // A peer Service selects one pod of those.
    const others = found.filter((labels) => {
      const { 'statefulset.kubernetes.io/pod-name': _, ...all } = labels as Readonly<Record<string, string>>;
      return JSON.stringify(all) !== JSON.stringify(selectorLabels('demo'));
    });
    expect(found.length).toBeGreaterThan(7);
    // The operator's pods.
    expect(others).toEqual([
      { 'app.kubernetes.io/name': 'rookery', 'app.kubernetes.io/component': 'operator' },
    ]);
  });

  test('never select the pods of another cluster of the namespace', () => {
    expect(selectorLabels('a')).not.toEqual(selectorLabels('b'));
  });

  test('what people add to the pods cannot take their place', () => {
    const labels = { 'rookery.dev/cluster': 'other', 'app.kubernetes.io/name': 'other', mine: 'x' };
    const { pods } = selectors({ podTemplate: { metadata: { labels } } });
    expect(pods).toMatchObject({ ...selectorLabels('demo'), mine: 'x' });
  });
});

describe('what never changes with a new version: Kubernetes refuses it', () => {
  const lasting = (version: string) => {
    const { selector, serviceName, podManagementPolicy, volumeClaimTemplates } = setOf({ version }).spec;
    return { selector, serviceName, podManagementPolicy, volumeClaimTemplates };
  };

  test('selector, Service, start order and claims', () => {
    expect(lasting('2.0.0')).toEqual(lasting('1.0.0'));
  });
});

describe('names and labels fit where Kubernetes puts them', () => {
  const identity = { name: 'a'.repeat(40), namespace: 'n'.repeat(63) };
  const cluster = clusterOf({ replicas: 7 }, identity);
  const reading = { ...context, readReplicas: 20 };
  const objects = [...desired(cluster, reading), ...readReplicaObjects(cluster, reading)];

  test('names of objects', () => {
    // Those of ConfigMaps are no names of hosts, and may be longer.
    for (const { metadata } of objects.filter(({ kind }) => kind !== 'ConfigMap'))
      expect(metadata.name).toMatch(/^[a-z][-a-z0-9]{0,61}[a-z0-9]$/);
  });

  test('names of StatefulSets, which stand before a hash in a label of each pod, and those of the pods', () => {
    for (const { metadata } of objects.filter(({ kind }) => kind === 'StatefulSet')) {
      expect(`${metadata.name}-0123456789`.length).toBeLessThanOrEqual(63);
      expect(`${metadata.name}-119`.length).toBeLessThanOrEqual(63);
    }
  });

  test.each([
    ['1.0.0', '1.0.0'],
    ['1.0.0-rc-', '1.0.0-rc'],
    [
      `1.0.0-${['a', 'b', 'c', 'd'].map((part) => part.repeat(16)).join('.')}`.slice(0, 64),
      /^1\.0\.0-.{57}$/,
    ],
  ])('labels, with the version %s', (version, label) => {
    const labels = desired(clusterOf({ version }, identity), context).flatMap(({ metadata }) =>
      Object.entries(metadata.labels!),
    );
    for (const [, value] of labels) {
      expect(value).toMatch(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/);
    }
    expect(Object.fromEntries(labels)['app.kubernetes.io/version']).toMatch(label);
  });

  test('members find each other, ready or not, by a Service each', () => {
    const blueprint = blueprintOf(cluster, context);
    const { template } = statefulSet(blueprint, voters(blueprint)).spec;
    const services = peerServices(blueprint, voters(blueprint));
    expect(services).toHaveLength(cluster.spec.replicas);
    const ports = template.spec!.containers[0]!.ports!.map(({ name }) => name);
    for (const [ordinal, { metadata, spec }] of services.entries()) {
      expect(peerHost(cluster.metadata.name, 'team', ordinal)).toBe(`${metadata.name}.team.svc`);
      expect(spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
      expect(spec.selector).toMatchObject({
        'rookery.dev/cluster': cluster.metadata.name,
        'statefulset.kubernetes.io/pod-name': `${cluster.metadata.name}-${ordinal}`,
      });
      for (const { targetPort } of spec.ports!) expect(ports).toContain(targetPort);
    }
  });

  test('clients find each by a name under the headless Service, which its pod has for as long as it is ready', () => {
    const blueprint = blueprintOf(cluster, context);
    const headless = headlessService(blueprint, voters(blueprint)).metadata.name;
    expect(statefulSet(blueprint, voters(blueprint)).spec.serviceName).toBe(headless);
    expect(memberHost(cluster.metadata.name, 'team', 0)).toBe(
      `${cluster.metadata.name}-0.${headless}.team.svc`,
    );
  });
});

test('clients find ready members only, by the port named client', () => {
  const blueprint = blueprintOf(clusterOf(), context);
  const { spec } = headlessService(blueprint, voters(blueprint));
  expect(spec).toMatchObject({ clusterIP: 'None', ports: [{ name: 'client', port: 2181 }] });
  expect(spec).not.toHaveProperty('publishNotReadyAddresses');
});

test('who serves reads alone is found by names of its own, though it is not ready, and not by the Service of all', () => {
  const cluster = clusterOf({ config: { readOnlyMode: true }, services: { external: { enabled: true } } });
  const blueprint = blueprintOf(cluster, context);
  const own = [
    ...[voters(blueprint), readReplicas(blueprint)].map((pool) => headlessService(blueprint, pool)),
    ...externalServices(blueprint, voters(blueprint)),
  ];
  expect(own.map(({ spec }) => spec.publishNotReadyAddresses)).toEqual([true, true, true, true, true]);
  for (const { spec } of [clientService(blueprint), readService(blueprint, readReplicas(blueprint))])
    expect(spec).not.toHaveProperty('publishNotReadyAddresses');
});

test('every object belongs to the cluster, which controls it, and is in its namespace', () => {
  const cluster = clusterOf();
  for (const { metadata } of desired(cluster, context)) {
    expect(metadata.namespace).toBe('team');
    expect(metadata.ownerReferences).toEqual([
      {
        apiVersion: 'rookery.dev/v1',
        kind: 'CoordinationCluster',
        name: 'demo',
        uid: cluster.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  }
  expect(setOf().spec.volumeClaimTemplates![0]!.metadata).not.toHaveProperty('ownerReferences');
});

test('the StatefulSet comes last: what its pods need is there before', () => {
  expect(
    desired(clusterOf(), context)
      .map(({ kind }) => kind)
      .at(-1),
  ).toBe('StatefulSet');
});

test.each([
  [1, undefined],
  [2, undefined],
  [3, 1],
  [4, 1],
  [7, 1],
])('of %i members a PodDisruptionBudget lets %s go', (replicas, maxUnavailable) => {
  const budget = desired(clusterOf({ replicas, allowEvenReplicas: true }), context).find(
    ({ kind }) => kind === 'PodDisruptionBudget',
  );
  expect((budget as { spec?: { maxUnavailable?: number } } | undefined)?.spec?.maxUnavailable).toBe(
    maxUnavailable,
  );
});

describe('members are spread', () => {
  const spreadOf = (scheduling: object) => {
    const { topologySpreadConstraints = [], affinity } = podOf({ scheduling });
    const required = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    return {
      even: topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable }) => [
        topologyKey,
        whenUnsatisfiable,
      ]),
      apart: required.map(({ topologyKey }) => topologyKey),
    };
  };
  const node = 'kubernetes.io/hostname';
  const zone = ['topology.kubernetes.io/zone', 'ScheduleAnyway'];

  test('over nodes and zones where there are several, without ever staying pending', () => {
    expect(spreadOf({})).toEqual({ even: [[node, 'ScheduleAnyway'], zone], apart: [] });
  });

  test('with Required, never two on a node', () => {
    expect(spreadOf({ spread: 'Required' })).toEqual({ even: [zone], apart: [node] });
  });

  test('with Disabled, over zones only, and without zones not at all', () => {
    expect(spreadOf({ spread: 'Disabled' })).toEqual({ even: [zone], apart: [] });
    expect(spreadOf({ spread: 'Disabled', zones: false })).toEqual({ even: [], apart: [] });
  });
});

test('liveness and startup never ask for a quorum', () => {
  const [container] = podOf().containers;
  expect(container!.startupProbe!.httpGet!.path).toBe('/health/live');
  expect(container!.livenessProbe!.httpGet!.path).toBe('/health/live');
  expect(container!.readinessProbe!.httpGet!.path).toBe('/health/ready');
});

test.each(['128Mi', '512Mi', '2Gi', '64Gi', '8192Gi'])('heap and tree fit into %s', (limit) => {
  const { heapMiB, treeBytes } = memoryShares(limit);
  expect(heapMiB).toBeGreaterThanOrEqual(64);
  expect(heapMiB * 1024 * 1024 + treeBytes).toBeLessThanOrEqual(quantityBytes(limit));
});

test('members count from 1, pods from 0', () => {
  expect([0, 6].map(serverIdOfOrdinal)).toEqual([1, 7]);
});

test('there are pods for as many as are members, whatever the spec has come to say', () => {
  const later = clusterOf({ replicas: 5 });
  expect(desired(later, { ...context, members: 3 })).toEqual(desired(clusterOf(), context));
});

test('a drained pod has stopped before its member would take part again', () => {
  const { drainMs } = boundsOf({ client: { maxFrameBytes: DEFAULT_FRAME_BYTES } });
  expect(podOf().terminationGracePeriodSeconds! * 1000).toBeLessThan(drainMs);
});
