import { describe, expect, test } from 'vitest';
import { Controller } from '../src/controller.ts';
import { Events } from '../src/events.ts';
import { Leadership } from '../src/lease.ts';
import { Manager } from '../src/manager.ts';
import { keyOf, nameOfKey } from '../src/objects.ts';
import { Reflector } from '../src/reflector.ts';
import { type ApiServer, hang, isList, isWrite, refuse } from './api-server.ts';
import { type ManualTime, testPorts } from './manual-time.ts';
import { settle, until } from './until.ts';
import { POD_PATH, PODS, pod, startWorld } from './world.ts';

const LEASE_PATH = '/apis/coordination.k8s.io/v1/namespaces/ns/leases/operator';

interface Replica {
  readonly manager: Manager;
  readonly leadership: Leadership;
  readonly lost: string[];
}

/** One replica of an operator that marks each Pod with the name of the replica that saw it. */
async function replica(identity: string, server?: ApiServer, time?: ManualTime) {
  const world = await startWorld(testPorts(undefined, time), server);
  const lost: string[] = [];
  const leadership: Leadership = new Leadership(
    {
      lease: { namespace: 'ns', name: 'operator' },
      identity,
      onElected: () => void manager.lead(),
      onLost: (why) => {
        lost.push(why);
        void manager.giveUp();
      },
    },
    world,
  );
  const events = new Events({ component: 'operator', instance: identity }, world);
  const api = world.api.bounded({ mayWrite: () => leadership.isLeader() });
  const controller: Controller = new Controller(
    {
      name: 'mark',
      workers: 2,
      reconcile: async (key, signal) => {
        const { name } = nameOfKey(key);
        const object = reflector.store.get({ namespace: 'ns', name });
        if (object === undefined || object.metadata.labels?.by !== undefined) return {};
        const { apiVersion, kind } = object;
        const metadata = { namespace: 'ns', name, labels: { by: identity } };
        await api.bounded({ signal }).apply(PODS, { apiVersion, kind, metadata });
        return {};
      },
    },
    world,
  );
  const reflector: Reflector = new Reflector(
    {
      type: PODS,
      scope: { namespace: 'ns' },
      keysOf: ({ metadata }) => [keyOf(metadata)],
      enqueue: (key) => controller.queue.add(key),
    },
    world,
  );
  const parts = { reflectors: [reflector], controllers: [controller], leadership, events, log: world.log };
  const manager: Manager = new Manager(parts);
  world.closing.push(
    () => leadership.stop(),
    () => reflector.stop(),
  );
  manager.start();
  const all: Replica = { manager, leadership, lost };
  return { ...world, ...all, events };
}

function markOf(server: ApiServer, name: string): string | undefined {
  return server.objects.get(`${POD_PATH}/${name}`)?.metadata.labels?.by;
}

describe('two replicas', () => {
  test('only the leader works; stopped, it hands over, and the other has its cache full already', async () => {
    const a = await replica('a');
    const { server, time } = a;
    await until(() => a.leadership.isLeader(), 'a to lead');
    const b = await replica('b', server, time);
    await until(() => b.manager.notReady().length === 0, 'b to be ready');
    server.objects.put(`${POD_PATH}/x`, pod('x'));
    await until(() => markOf(server, 'x') === 'a', 'the mark of a');
    await a.manager.stop(5_000);
    expect(a.manager.notReady()).toEqual(['it is stopping']);
    const lists = server.count(isList);
    server.objects.put(`${POD_PATH}/y`, pod('y'));
    await settle();
    expect(markOf(server, 'y')).toBeUndefined();
    time.advance(2_000);
    await until(() => markOf(server, 'y') === 'b', 'the mark of b');
    expect([server.count(isList), markOf(server, 'x'), a.lost]).toEqual([lists, 'a', []]);
  });

  test('nothing works before the caches are full, however early the lease is held', async () => {
    const first = await startWorld();
    const { server, time } = first;
    server.script(isList, hang);
    const a = await replica('a', server, time);
    server.objects.put(`${POD_PATH}/x`, pod('x'));
    await until(() => a.leadership.isLeader(), 'a to lead');
    await settle();
    expect(a.manager.notReady()).toEqual(['no whole list of pods has come from the API server yet']);
    expect(markOf(server, 'x')).toBeUndefined();
    for (let count = 0; count < 17; count++) {
      time.advance(2_000);
      await settle();
    }
    await until(() => markOf(server, 'x') === 'a', 'the mark');
    expect(a.leadership.isLeader()).toBe(true);
  });

  test('who loses the lease in the middle of a write gives it up and writes nothing more', async () => {
    const a = await replica('a');
    const { server, time } = a;
    await until(() => a.leadership.isLeader(), 'a to lead');
    await until(() => server.openWatches === 1, 'the watch');
    server.script(({ method, path }) => method === 'PATCH' && path.startsWith(POD_PATH), hang);
    server.script(
      ({ method, path }) => method === 'PUT' && path === LEASE_PATH,
      ...Array(9).fill(refuse(500, 'X')),
    );
    server.objects.put(`${POD_PATH}/x`, pod('x'));
    await server.received(({ path }) => path === `${POD_PATH}/x`);
    for (let count = 0; count < 5; count++) {
      time.advance(2_000);
      await settle();
    }
    expect(a.lost).toHaveLength(1);
    const writes = server.count(isWrite);
    server.objects.put(`${POD_PATH}/y`, pod('y'));
    for (let count = 0; count < 30; count++) {
      time.advance(1_000);
      await settle();
    }
    expect([server.count(isWrite), markOf(server, 'x'), markOf(server, 'y')]).toEqual([
      writes,
      undefined,
      undefined,
    ]);
  });

  test('workers wait for every cache, and do not start once the end has begun', async () => {
    const { log } = testPorts();
    const lists = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const build = (started: string[]): Manager =>
      new Manager({
        reflectors: lists.map(({ promise }) => ({
          type: PODS,
          synced: promise,
          hasSynced: false,
          start: () => {},
          stop: async () => {},
        })),
        controllers: [{ name: 'c', start: () => void started.push('c'), stop: async () => true }],
        events: { stop: async () => {} },
        leadership: { start: () => {}, stop: async () => {} },
        log,
      });
    const started: string[] = [];
    const never: string[] = [];
    const leading = build(started).lead();
    const ended = build(never);
    const tooLate = ended.lead();
    lists[0]?.resolve();
    await settle();
    expect(started).toEqual([]);
    await ended.giveUp();
    lists[1]?.resolve();
    await Promise.all([leading, tooLate]);
    expect([started, never]).toEqual([['c'], []]);
  });

  test('the lease is not given back while a reconcile does not end', async () => {
    const a = await replica('a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const order: string[] = [];
    const part = (name: string, result: unknown) => async () => {
      order.push(name);
      return result;
    };
    const manager = new Manager({
      reflectors: [],
      controllers: [
        { name: 'stuck', start: () => {}, stop: part('controller', false) as () => Promise<boolean> },
      ],
      events: { stop: part('events', undefined) as () => Promise<void> },
      leadership: { start: () => {}, stop: part('lease', undefined) as () => Promise<void> },
      log: a.log,
    });
    await manager.stop(1_000);
    expect(order).toEqual(['controller', 'events']);
  });
});
