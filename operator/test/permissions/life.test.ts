import { type CoordinationClusterSpecInput, withDefaults } from '@rookery/crds';
import { Events, REPEAT_EVERY_MS } from '@rookery/kube';
import type { KubeObject } from '@rookery/kube/objects';
import { expect, test } from 'vitest';
import { testPorts } from '../../../kube/test/manual-time.ts';
import { until } from '../../../kube/test/until.ts';
import { startWorld, type World } from '../../../kube/test/world.ts';
import { Random } from '../../../testkit/src/random.ts';
import { CLUSTER_LABEL, ROTATE_CERTIFICATES_ANNOTATION } from '../../src/model/cluster-names.ts';
import { buildOperator } from '../../src/operator.ts';
import { certManagerPermissions, LEASE_NAME, namespacePermissions } from '../../src/permissions.ts';
import { newSerial } from '../act/serials.ts';
import { PermissionUse } from './use.ts';

const SYSTEM = 'rookery-system';
const CLUSTERS = '/apis/rookery.dev/v1/namespaces/apps/coordinationclusters';
const SETS = '/apis/apps/v1/namespaces/apps/statefulsets';
const BUDGETS = '/apis/policy/v1/namespaces/apps/poddisruptionbudgets';
const POLICIES = '/apis/networking.k8s.io/v1/namespaces/apps/networkpolicies';
const CORE = '/api/v1/namespaces/apps';

const SPEC: CoordinationClusterSpecInput = {
  version: '0.1.0',
  storage: { retention: { whenDeleted: 'Delete' } },
};

/** The cluster as a person has changed it; what the operator wrote in it stays. */
function write({ server }: World, spec: CoordinationClusterSpecInput, more: object = {}): KubeObject {
  const path = `${CLUSTERS}/demo`;
  const before = server.objects.get(path);
  const metadata = {
    ...(before?.metadata ?? { name: 'demo', namespace: 'apps', generation: 1 }),
    creationTimestamp: '2026-01-01T00:00:00Z',
    ...more,
  };
  const cluster = { ...before, apiVersion: 'rookery.dev/v1', kind: 'CoordinationCluster', metadata };
  return server.objects.put(path, { ...cluster, spec: withDefaults(spec) } as KubeObject);
}

/** Lets the operator work, without any time going by, until the condition holds. */
function happens({ time, log }: World, condition: () => boolean, what: string): Promise<void> {
  const troubles = (): unknown[] => log.lines.filter(({ level }) => level === 'error' || level === 'warn');
  return until(() => {
    time.advance(0);
    expect(troubles()).toEqual([]);
    return condition();
  }, what);
}

test('the operator needs each of its permissions in the life of a cluster, and no other', async () => {
  // Events are named by it: two of one name would be refused.
  const world = await startWorld(testPorts(new Random(1)));
  const { server, time } = world;
  const there = (path: string): boolean => server.objects.get(path) !== undefined;
  const { manager } = buildOperator(
    {
      namespaces: ['apps'],
      serverImage: 'rookery.dev/rookery-server',
      hasCertManager: true,
      identity: 'a',
      lease: { namespace: SYSTEM, name: LEASE_NAME },
      onLost: () => {},
    },
    {
      ...world,
      askMember: async () => ({ kind: 'silent', why: 'it is a test' }),
      tellMember: async () => {},
      newToken: () => 'the-token-of-the-members',
      newSerial,
    },
  );
  let stopped = false;
  world.closing.push(() => (stopped ? undefined : manager.stop(0)));
  const { uid } = write(world, SPEC).metadata;
  manager.start();
  await happens(world, () => there(`${SETS}/demo`), 'the StatefulSet');
  await happens(world, () => 'status' in server.objects.get(`${CLUSTERS}/demo`)!, 'the status');

  const certificates = (): string => JSON.stringify(server.objects.get(`${CORE}/secrets/demo-certificates`));
  const first = certificates();
  write(world, SPEC, { annotations: { [ROTATE_CERTIFICATES_ANNOTATION]: 'now' } });
  await happens(world, () => certificates() !== first, 'other certificates');

  const issued = '/apis/cert-manager.io/v1/namespaces/apps/certificates/demo-issued-clients';
  write(world, { ...SPEC, tls: { client: { issuer: { name: 'company-ca' } } } });
  await happens(world, () => there(issued), 'the Certificate');
  write(world, SPEC);
  await happens(world, () => !there(issued), 'the Certificate to go');

  write(world, { ...SPEC, networkPolicy: { enabled: false }, disruption: { pdb: 'Disabled' } });
  await happens(world, () => !there(`${BUDGETS}/demo`) && !there(`${POLICIES}/demo`), 'both to go');

  // From an older operator that made more.
  const owner = { apiVersion: 'rookery.dev/v1', kind: 'CoordinationCluster', name: 'demo', uid: uid! };
  const metadata = {
    name: 'demo-former',
    namespace: 'apps',
    labels: { [CLUSTER_LABEL]: 'demo' },
    ownerReferences: [{ ...owner, controller: true }],
  };
  for (const [plural, kind] of [
    ['services', 'Service'],
    ['configmaps', 'ConfigMap'],
    ['serviceaccounts', 'ServiceAccount'],
  ] as const) {
    const path = `${CORE}/${plural}/demo-former`;
    server.objects.put(path, { apiVersion: 'v1', kind, metadata });
    await happens(world, () => !there(path), `${path} to go`);
  }

  // As the controller of StatefulSets made it before the spec was put right.
  const set = server.objects.get(`${SETS}/demo`)!;
  server.objects.put(`${SETS}/demo`, { ...set, status: { updateRevision: 'demo-2' } } as KubeObject);
  const stuck = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'demo-0',
      namespace: 'apps',
      labels: { [CLUSTER_LABEL]: 'demo', 'controller-revision-hash': 'demo-1' },
    },
    status: {
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
    },
  };
  server.objects.put(`${CORE}/pods/demo-0`, stuck as KubeObject);
  await happens(world, () => !there(`${CORE}/pods/demo-0`), 'the pod that cannot start to go');

  const claim = { name: 'data-demo-0', namespace: 'apps', labels: { [CLUSTER_LABEL]: 'demo' } };
  const claimPath = `${CORE}/persistentvolumeclaims/data-demo-0`;
  server.objects.put(claimPath, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: claim,
    spec: { resources: { requests: { storage: '5Gi' } } },
    status: { phase: 'Bound', capacity: { storage: '5Gi' } },
  } as KubeObject);
  const isExpanded = (): boolean =>
    JSON.stringify(server.objects.get(claimPath)).includes('"storage":"10Gi"');
  await happens(world, isExpanded, 'the volume to be expanded');
  const about = write(world, SPEC, { deletionTimestamp: '2026-01-01T00:00:01Z' });
  await happens(world, () => !there(`${CLUSTERS}/demo`), 'the cluster to be gone');
  expect([there(`${SETS}/demo`), there(`${CORE}/persistentvolumeclaims/data-demo-0`)]).toEqual([
    false,
    false,
  ]);
  await manager.stop(5_000);
  stopped = true;

  const events = new Events({ component: 'rookery-operator', instance: 'a' }, world);
  events.normal(about, 'Told', 'It is told of once.');
  await events.flushed();
  time.advance(REPEAT_EVERY_MS);
  events.normal(about, 'Told', 'It is told of once.');
  await events.flushed();

  const use = new PermissionUse(SYSTEM, [...namespacePermissions, ...certManagerPermissions]);
  use.saw(server.requests);
  expect(use.refused()).toEqual([]);
  expect(use.unused()).toEqual([]);
});
