import { describe, expect, test } from 'vitest';
import { Random } from '../../testkit/src/random.ts';
import { Events, REPEAT_EVERY_MS } from '../src/events.ts';
import type { KubeObject } from '../src/objects.ts';
import { cut, hang, isWrite, type Match, refuse } from './api-server.ts';
import { testPorts } from './manual-time.ts';
import { settle } from './until.ts';
import { pod, startWorld, type World } from './world.ts';

const COLLECTION = '/api/v1/namespaces/ns/events';
const ABOUT: KubeObject = {
  ...pod('a'),
  metadata: { namespace: 'ns', name: 'a', uid: 'u-a', resourceVersion: '7' },
};
const isPatch: Match = ({ method }) => method === 'PATCH';
const isCreate: Match = ({ method }) => method === 'POST';

async function start(): Promise<World & { events: Events }> {
  const world = await startWorld(testPorts(new Random(1)));
  const events = new Events({ component: 'rookery-operator', instance: 'pod-1' }, world);
  return { ...world, events };
}

async function dropped({ metrics }: World): Promise<number> {
  const text = await metrics.registry.metrics();
  return Number(/^rookery_operator_events_dropped_total (\d+)$/m.exec(text)?.[1]);
}

describe('Events', () => {
  test('one that happens once is written with all that kubectl describe shows', async () => {
    const { events, server } = await start();
    events.warning(ABOUT, 'QuorumLost', 'Two of three members are down.');
    await events.flushed();
    expect(server.requests.map(({ path }) => path)).toEqual([COLLECTION]);
    expect(server.requests[0]?.body).toMatchObject({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'ns' },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', name: 'a', uid: 'u-a' },
      type: 'Warning',
      reason: 'QuorumLost',
      message: 'Two of three members are down.',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:01Z',
      lastTimestamp: '2026-01-01T00:00:01Z',
      source: { component: 'rookery-operator' },
      reportingInstance: 'pod-1',
    });
  });

  test('repeats become a count, written at most every 30 s', async () => {
    const { events, server, time } = await start();
    for (let count = 0; count < 50; count++) {
      events.normal(ABOUT, 'Applied', 'The StatefulSet was put right.');
      await events.flushed();
    }
    expect(server.requests.length).toBe(1);
    await time.pass(REPEAT_EVERY_MS);
    await events.flushed();
    expect(server.requests.length).toBe(2);
    expect(server.requests[1]).toMatchObject({ method: 'PATCH', body: { count: 50 } });
    expect(server.objects.list(COLLECTION)).toMatchObject([{ count: 50 }]);
  });

  test('one that the API server has forgotten meanwhile is written anew', async () => {
    const { events, server, time } = await start();
    events.normal(ABOUT, 'Applied', 'x');
    await events.flushed();
    server.script(isPatch, refuse(404, 'NotFound'));
    events.normal(ABOUT, 'Applied', 'x');
    await time.pass(REPEAT_EVERY_MS);
    await events.flushed();
    expect(server.count(isCreate)).toBe(2);
    expect(server.requests.at(-1)?.body).toMatchObject({ count: 2 });
  });

  test('a number that changes in the message does not fill the API server', async () => {
    const world = await start();
    for (let count = 0; count < 100; count++)
      world.events.normal(ABOUT, 'Lag', `It is ${count} entries behind.`);
    await world.events.flushed();
    expect([world.server.count(isWrite), await dropped(world)]).toEqual([10, 90]);
    const other = { ...ABOUT, metadata: { ...ABOUT.metadata, uid: 'u-b' } };
    world.events.normal(other, 'Lag', 'Another object has its own share.');
    await world.events.flushed();
    expect(world.server.count(isWrite)).toBe(11);
  });

  test('however much is told of one reason, another is told', async () => {
    const { events, server } = await start();
    for (let count = 0; count < 100; count++) events.normal(ABOUT, 'LeaderElected', `zk-${count} leads.`);
    events.warning(ABOUT, 'QuorumLost', 'No majority of the voters has a leader.');
    await events.flushed();
    expect(server.requests.at(-1)?.body).toMatchObject({ type: 'Warning', reason: 'QuorumLost' });
  });

  test('after ten minutes there is room again', async () => {
    const { events, server, time } = await start();
    for (let count = 0; count < 11; count++) events.normal(ABOUT, 'Lag', `${count}`);
    await events.flushed();
    time.advance(600_001);
    events.normal(ABOUT, 'Lag', 'later');
    await events.flushed();
    expect(server.count(isWrite)).toBe(11);
  });

  test('an API server that hangs is waited for by nobody, and what piles up is bounded', async () => {
    const world = await start();
    world.server.script(isWrite, hang);
    for (let count = 0; count < 1_000; count++) {
      const about = { ...ABOUT, metadata: { ...ABOUT.metadata, uid: `u-${count}` } };
      world.events.normal(about, 'Created', 'x');
    }
    await world.server.received(isWrite);
    expect(await dropped(world)).toBe(1_000 - 201);
    const stopped = world.events.stop(5_000);
    await world.time.pass(5_000);
    await stopped;
  });

  test('one that was not taken is dropped, counted, told, and does not hold up the next', async () => {
    const world = await start();
    world.server.script(isWrite, cut, refuse(403, 'Forbidden'));
    for (const message of ['a', 'b', 'c']) world.events.normal(ABOUT, 'Created', message);
    await world.events.flushed();
    expect(world.server.objects.list(COLLECTION)).toMatchObject([{ message: 'c' }]);
    expect(await dropped(world)).toBe(2);
    expect(world.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
  });

  test('a stop writes the counts that wait', async () => {
    const { events, server, time } = await start();
    events.normal(ABOUT, 'Applied', 'x');
    await events.flushed();
    events.normal(ABOUT, 'Applied', 'x');
    await settle();
    await events.stop(5_000);
    expect(server.objects.list(COLLECTION)).toMatchObject([{ count: 2 }]);
    expect(time.delays).toEqual([]);
  });
});
