import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '@rookery/kube/objects';
import { describe, expect, test } from 'vitest';
import { refuse } from '../../../kube/test/api-server.ts';
import {
  CLUSTER_PATH,
  ClusterWorld,
  CONFIG_PATH,
  claimPath,
  isClusterWrite,
  podPath,
  SECRET_PATH,
  SERVICE_PATH,
  SET_PATH,
} from './cluster-world.ts';

const DELETE = { storage: { retention: { whenDeleted: 'Delete' } } } as const;

function dataOf(world: ClusterWorld, path: string): string {
  const object = world.world.server.objects.get(path) as { data?: Record<string, string> } | undefined;
  return Object.values(object?.data ?? {}).join('');
}

describe('a cluster from nothing', () => {
  test('the finalizer is first where volumes go with it, then the token, the StatefulSet last, and then the status', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    world.writeCluster(DELETE);
    await world.drive(replica, () => world.phase === 'Pending' || world.phase === 'Bootstrapping', 'a phase');
    const writes = world.writes();
    expect(writes[0]).toBe(`PATCH ${CLUSTER_PATH}`);
    // The token, the authority, and the certificates.
    expect(writes.slice(1, 4)).toEqual(Array(3).fill('POST /api/v1/namespaces/ns/secrets'));
    expect(writes.indexOf(`PATCH ${SET_PATH}`)).toBe(writes.length - 2);
    expect(writes.at(-1)).toBe(`PATCH ${CLUSTER_PATH}/status`);
    expect(new Set(writes).size).toBe(writes.length - 2);
  });

  test('the identity is in the status before it is in the configuration', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica);
    expect(world.cluster?.status?.clusterId).toBe('c1');
    await world.drive(
      replica,
      () => dataOf(world, CONFIG_PATH).includes('c1'),
      'the identity in the configuration',
    );
    const { requests } = world.world.server;
    const firstWith = (path: string): number =>
      requests.findIndex((request) => request.path === path && JSON.stringify(request.body)?.includes('c1'));
    expect(firstWith(`${CLUSTER_PATH}/status`)).toBeLessThan(firstWith(CONFIG_PATH));
    expect(world.conditionReason('Available')).toBe('MembersReady');
    expect(world.events()).toContain('ClusterBegun: The members have formed the cluster c1.');
  });

  test('once it is Ready nothing is written any more, however often it is looked at', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica);
    await world.quiet(replica);
    const writes = world.writes().length;
    const asked = world.members[0]!.asked;
    for (let round = 0; round < 10; round++) {
      world.world.time.advance(10_000);
      await world.quiet(replica);
    }
    expect(world.members[0]!.asked).toBeGreaterThan(asked + 5);
    expect(world.writes()).toHaveLength(writes);
  });

  test('an operator that starts anew applies each object once and changes nothing', async () => {
    const world = await ClusterWorld.start();
    const first = world.replica();
    await world.bringUp(first);
    await first.operator.manager.stop(0);
    const { version } = world.world.server.objects;
    const before = world.writes().length;
    const second = world.replica({ identity: 'b' });
    await world.quiet(second);
    world.world.time.advance(10_000);
    await world.quiet(second);
    const again = world.writes().slice(before);
    expect(new Set(again).size).toBe(again.length);
    expect(again).toContain(`PATCH ${SET_PATH}`);
    expect(world.world.server.objects.version).toBe(version);
  });

  test('a refusal of the API server is shown in the status and in an Event, and goes when it is over', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    world.world.server.script(
      ({ path, method }) => method === 'PATCH' && path === SERVICE_PATH,
      ...Array(3).fill(refuse(403, 'Forbidden')),
    );
    world.writeCluster();
    await world.drive(replica, () => world.conditionReason('Degraded') === 'StepFailed', 'the failure');
    expect(world.events().join()).toContain('StepFailed: A step (apply) was refused');
    await world.drive(
      replica,
      () => world.world.server.objects.get(SET_PATH) !== undefined,
      'the StatefulSet',
    );
    await world.drive(
      replica,
      () => world.conditionReason('Degraded') === 'NotBegun',
      'the end of the failure',
    );
  });

  test("somebody else's object is left alone", async () => {
    const world = await ClusterWorld.start();
    const { objects } = world.world.server;
    const theirs = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'ns', name: 'zk' } };
    objects.put(SERVICE_PATH, theirs);
    const replica = world.replica();
    world.writeCluster();
    await world.drive(replica, () => world.conditionReason('Degraded') === 'NameTaken', 'the condition');
    expect(objects.get(SERVICE_PATH)).toMatchObject(theirs);
    expect(world.writes().filter((write) => write.includes(SERVICE_PATH))).toEqual([]);
    expect(objects.get(SET_PATH)).toBeUndefined();
  });
});

/** What a person may spoil by hand. */
const SPOILERS: readonly (readonly [string, (before: KubeObject) => object | undefined])[] = [
  [
    'changed',
    (before) => ({ ...before, ...('data' in before ? { data: { x: 'y' } } : { spec: { replicas: 9 } }) }),
  ],
  ['deleted', () => undefined],
  ['stripped of its labels', (before) => ({ ...before, metadata: { ...before.metadata, labels: {} } })],
];

/** Without what the API server counts. */
function contentOf(object: KubeObject | undefined): unknown {
  if (object === undefined) return undefined;
  const { status: _status, ...content } = object as KubeObject & { readonly status?: unknown };
  const { uid: _uid, resourceVersion: _version, generation: _generation, ...metadata } = object.metadata;
  return { ...content, metadata };
}

describe('drift', () => {
  test.each(SPOILERS)(
    'what was %s by hand is put right, without a pod being touched',
    async (_what, spoil) => {
      const world = await ClusterWorld.start();
      const replica = world.replica();
      await world.bringUp(replica);
      await world.quiet(replica);
      const { objects } = world.world.server;
      for (const path of [SERVICE_PATH, CONFIG_PATH, SET_PATH]) {
        const before = objects.get(path)!;
        const spoilt = spoil(before);
        if (spoilt === undefined) objects.remove(path);
        else objects.put(path, spoilt as KubeObject);
        const isRight = (): boolean => isDeepStrictEqual(contentOf(objects.get(path)), contentOf(before));
        expect(isRight()).toBe(false);
        await world.drive(replica, isRight, `${path} to be put right`);
        const told = `DriftCorrected: ${before.kind} ${before.metadata.name} `;
        await world.drive(replica, () => world.events().some((event) => event.startsWith(told)), told);
      }
      expect(world.writes().filter((write) => write.includes('/pods/'))).toEqual([]);
    },
  );

  test('a Secret that was deleted is made anew, one that is there is never written', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica);
    const { objects } = world.world.server;
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const data = { token: base64('a-token-of-a-person'), 'join-secret': base64('a-secret-of-a-person') };
    objects.put(SECRET_PATH, { ...objects.get(SECRET_PATH)!, data } as never);
    await world.drive(
      replica,
      () => world.conditionReason('Degraded') === 'QuorumNotSeen',
      'members of another token',
    );
    expect(dataOf(world, SECRET_PATH)).toBe(`${data.token}${data['join-secret']}`);
    objects.remove(SECRET_PATH);
    await world.drive(replica, () => world.phase === 'Ready', 'the token that the members know');
    expect(world.writes().filter((write) => write.includes('/secrets'))).toHaveLength(4);
  });
});

describe('what is switched off', () => {
  test('goes, and comes again', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    const budget = '/apis/policy/v1/namespaces/ns/poddisruptionbudgets/zk';
    const { objects } = world.world.server;
    await world.bringUp(replica);
    expect(objects.get(budget)).toBeDefined();
    world.writeCluster({ disruption: { pdb: 'Disabled' } });
    await world.drive(replica, () => objects.get(budget) === undefined, 'the budget to go');
    world.writeCluster();
    await world.drive(replica, () => objects.get(budget) !== undefined, 'the budget to come');
  });
});

describe('before the cluster has begun', () => {
  test('an image that never ran can be put right', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    const image = (): string => JSON.stringify(world.world.server.objects.get(SET_PATH));
    world.writeCluster({ version: '9.9.9' });
    await world.drive(
      replica,
      () => world.world.server.objects.get(SET_PATH) !== undefined,
      'the StatefulSet',
    );
    expect(image()).toContain('example/server:9.9.9');
    world.writeCluster({ version: '1.0.0' });
    await world.drive(replica, () => image().includes('example/server:1.0.0'), 'the other image');
    expect(image()).not.toContain('9.9.9');
  });
});

describe('paused', () => {
  test('nothing is put right until it ends', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica);
    world.writeCluster({ paused: true });
    await world.drive(replica, () => world.phase === 'Paused', 'the pause');
    const { objects } = world.world.server;
    objects.remove(SERVICE_PATH);
    objects.remove(podPath(2));
    await world.drive(replica, () => world.cluster?.status?.readyReplicas === 2, 'the loss to be seen');
    expect(objects.get(SERVICE_PATH)).toBeUndefined();
    world.writeCluster();
    await world.drive(replica, () => objects.get(SERVICE_PATH) !== undefined, 'the Service');
    expect(world.events().map((event) => event.split(':')[0])).toEqual(
      expect.arrayContaining(['Paused', 'Resumed']),
    );
  });
});

describe('members of two clusters', () => {
  test('freeze everything', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica);
    await world.quiet(replica);
    const member = world.members[2]!;
    member.answer = { ...member.answer!, clusterId: 'c2' };
    await world.drive(
      replica,
      () => world.conditionReason('Degraded') === 'ClusterIdMismatch',
      'the condition',
    );
    world.world.server.objects.remove(SERVICE_PATH);
    const writes = world.writes().length;
    for (let round = 0; round < 5; round++) {
      world.world.time.advance(2_000);
      await world.quiet(replica);
    }
    expect(world.writes()).toHaveLength(writes);
    expect(world.cluster?.status?.clusterId).toBe('c1');
    member.answer = { ...member.answer, clusterId: 'c1' };
    await world.drive(
      replica,
      () => world.world.server.objects.get(SERVICE_PATH) !== undefined,
      'the Service',
    );
  });
});

describe('a deleted cluster', () => {
  test('with Retain goes at once, whether an operator runs or not; its volumes stay', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica);
    expect(world.cluster?.metadata.finalizers ?? []).toEqual([]);
    world.deleteCluster();
    await world.quiet(replica);
    expect(world.cluster).toBeUndefined();
    expect(world.world.server.count(({ method }) => method === 'DELETE')).toBe(0);
    expect(world.world.server.objects.get(claimPath(0))).toBeDefined();
  });

  test('the finalizer comes and goes with whenDeleted', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica);
    const isHeld = (): boolean => (world.cluster?.metadata.finalizers ?? []).length > 0;
    world.writeCluster(DELETE);
    await world.drive(replica, isHeld, 'the finalizer');
    world.writeCluster();
    await world.drive(replica, () => !isHeld(), 'the finalizer to go');
  });

  test('with Delete: the StatefulSet, then its volumes, but only when no pod is left, and each by its UID', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica, DELETE);
    const { objects } = world.world.server;
    const other = '/api/v1/namespaces/ns/persistentvolumeclaims/data-zk-other-0';
    objects.put(other, {
      ...objects.get(claimPath(0))!,
      metadata: { namespace: 'ns', name: 'data-zk-other-0', labels: { 'rookery.dev/cluster': 'zk-other' } },
    });
    world.deleteCluster();
    await world.drive(replica, () => objects.get(SET_PATH) === undefined, 'the StatefulSet to go');
    for (let round = 0; round < 3; round++) {
      world.world.time.advance(2_000);
      await world.quiet(replica);
    }
    expect([objects.get(claimPath(0)) === undefined, world.phase]).toEqual([false, 'Deleting']);
    world.stopPods();
    await world.drive(replica, () => world.cluster === undefined, 'the cluster to be gone');
    expect([0, 1, 2].map((ordinal) => objects.get(claimPath(ordinal)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(objects.get(other)).toBeDefined();
    const deletions = world.world.server.requests.filter(({ method }) => method === 'DELETE');
    expect(deletions).toHaveLength(4);
    for (const { body } of deletions) {
      expect((body as { preconditions: object }).preconditions).toHaveProperty('uid');
    }
  });

  test('a retention that was changed at the last moment is heeded, though the cache is behind', async () => {
    const world = await ClusterWorld.start();
    const replica = world.replica();
    await world.bringUp(replica, DELETE);
    world.deleteCluster();
    await world.drive(
      replica,
      () => world.world.server.objects.get(SET_PATH) === undefined,
      'the StatefulSet to go',
    );
    // The watch of clusters says nothing more: what the cache shows from here on is old.
    const { onEvent } = world.world.server.objects;
    world.world.server.objects.onEvent = (event) => {
      if (!event.collection.endsWith('coordinationclusters')) onEvent(event);
    };
    world.writeCluster();
    world.stopPods();
    await world.drive(replica, () => world.cluster === undefined, 'the cluster to be gone');
    expect(
      [0, 1, 2].map((ordinal) => world.world.server.objects.get(claimPath(ordinal)) !== undefined),
    ).toEqual([true, true, true]);
  });
});

describe('two replicas', () => {
  test('the one that leads works alone; when it stops in the middle of a creation the other ends it', async () => {
    const world = await ClusterWorld.start();
    const a = world.replica({ identity: 'a', elects: true });
    await world.drive(a, () => a.operator.isLeader(), 'a to lead');
    const b = world.replica({ identity: 'b', elects: true });
    world.writeCluster();
    await world.world.server.received(isClusterWrite, 4);
    await a.operator.manager.stop(5_000);
    expect(world.world.server.objects.get(CLUSTER_PATH)).toBeDefined();
    await world.drive(
      b,
      () => b.operator.isLeader() && world.world.server.objects.get(SET_PATH) !== undefined,
      'b to end it',
    );
    world.startPods();
    await world.drive(b, () => world.phase === 'Ready', 'a cluster that is Ready');
    expect([a.lost, b.lost]).toEqual([[], []]);
    expect(world.writes().filter((write) => write.includes('/secrets'))).toHaveLength(3);
  });
});
