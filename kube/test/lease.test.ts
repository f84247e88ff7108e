import { describe, expect, test } from 'vitest';
import { Random } from '../../testkit/src/random.ts';
import { Leadership } from '../src/lease.ts';
import { LEASE, type Lease, LeaseWatch, microTime } from '../src/lease-rules.ts';
import { type ApiServer, cut, hang, isWrite, type Match, refuse } from './api-server.ts';
import { type ManualTime, testPorts } from './manual-time.ts';
import { settle, until } from './until.ts';
import { startWorld, type World } from './world.ts';

const NAME = { namespace: 'ns', name: 'rookery-operator' };
const PATH = '/apis/coordination.k8s.io/v1/namespaces/ns/leases/rookery-operator';

interface Candidate {
  readonly world: World;
  readonly leadership: Leadership;
  readonly lost: string[];
  elected: number;
}

async function candidate(
  server: ApiServer,
  time: ManualTime,
  identity: string,
  skewMs = 0,
): Promise<Candidate> {
  const ports = testPorts(undefined, time);
  const wallMs = (): number => time.wallMs() + skewMs;
  const world = await startWorld(
    { ...ports, clock: { monotonicMs: () => time.monotonicMs(), wallMs } },
    server,
  );
  const lost: string[] = [];
  const api = world.api.bounded({});
  const leadership = new Leadership(
    {
      lease: NAME,
      identity,
      onElected: () => {
        one.elected++;
      },
      onLost: (why) => void lost.push(why),
    },
    { ...world, api },
  );
  const one: Candidate = { world, leadership, lost, elected: 0 };
  world.closing.push(() => leadership.stop());
  leadership.start();
  return one;
}

async function start(): Promise<{ server: ApiServer; time: ManualTime }> {
  const ports = testPorts();
  const { server, time } = await startWorld(ports);
  return { server, time };
}

function stored(server: ApiServer): Lease {
  return server.objects.get(PATH) as Lease;
}

/** Two seconds pass, and everybody who waits for an answer gets it. */
async function step(time: ManualTime, byMs = 2_000): Promise<void> {
  time.advance(byMs);
  await settle();
}

/** The requests of one candidate are told apart by what it writes; reads by nobody. */
const writesOf =
  (identity: string): Match =>
  ({ body }) =>
    (body as Lease | undefined)?.spec?.holderIdentity === identity;

describe('the lease', () => {
  test('the first candidate creates it and leads; times have microseconds', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    expect(a.elected).toBe(1);
    const { spec } = stored(server);
    expect(spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
    expect(spec?.renewTime).toMatch(/^2026-01-01T00:00:01\.000000Z$/);
  });

  test('it is renewed every 2 s, and nobody else leads meanwhile', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const b = await candidate(server, time, 'b');
    for (let count = 0; count < 60; count++) {
      await step(time);
      expect([a.leadership.isLeader(), b.leadership.isLeader()]).toEqual([true, false]);
    }
    expect(server.count(writesOf('a'))).toBeGreaterThan(55);
    expect([a.elected, b.elected, a.lost]).toEqual([1, 0, []]);
  });

  test('two candidates at once: one is refused with 409 and waits', async () => {
    const { server, time } = await start();
    const both = await Promise.all([candidate(server, time, 'a'), candidate(server, time, 'b')]);
    await until(() => both.some(({ leadership }) => leadership.isLeader()), 'one to lead');
    await settle();
    expect(both.map(({ elected }) => elected).sort()).toEqual([0, 1]);
  });

  test('a leader that cannot renew steps down 10 s after its last renewal was sent, 5 s before the next may lead', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const b = await candidate(server, time, 'b');
    await settle();
    const fromMs = time.monotonicMs();
    const troubles = [cut, refuse(500, 'InternalError'), cut, refuse(429, 'TooManyRequests'), cut, cut, cut];
    server.script(writesOf('a'), ...troubles);
    let lostMs: number | undefined;
    let ledMs: number | undefined;
    for (let count = 0; count < 40 && ledMs === undefined; count++) {
      await step(time, 500);
      expect(a.leadership.isLeader() && b.leadership.isLeader()).toBe(false);
      if (!a.leadership.isLeader()) lostMs ??= time.monotonicMs() - fromMs;
      if (b.leadership.isLeader()) ledMs ??= time.monotonicMs() - fromMs;
    }
    expect(lostMs).toBe(10_000);
    expect(ledMs).toBeGreaterThanOrEqual(15_000);
    expect(ledMs).toBeLessThanOrEqual(17_500);
    expect(a.lost).toEqual(['the lease was not renewed within 10000 ms']);
    expect(stored(server).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    // What is over stays over.
    for (let count = 0; count < 20; count++) await step(time);
    expect([a.elected, a.leadership.isLeader()]).toEqual([1, false]);
  });

  test('the deadline counts from when the last renewal was sent, however late its answer came', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    await settle();
    let answer = (): void => {};
    server.script(writesOf('a'), (response, { body }) => {
      const written = server.objects.put(PATH, body as Lease);
      answer = () => void response.end(JSON.stringify(written));
    });
    await step(time);
    await step(time, 3_000);
    answer();
    await settle();
    server.script(writesOf('a'), ...Array<typeof cut>(9).fill(cut));
    await step(time, 6_900);
    expect(a.leadership.isLeader()).toBe(true);
    await step(time, 100);
    expect([a.leadership.isLeader(), a.lost.length]).toEqual([false, 1]);
  });

  test('half open: renewals that get no answer do not keep a leader past its deadline', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    server.script(isWrite, hang, hang, hang, hang);
    for (let count = 0; count < 9; count++) await step(time, 1_000);
    expect(a.leadership.isLeader()).toBe(true);
    await step(time, 1_000);
    expect([a.leadership.isLeader(), a.lost.length]).toEqual([false, 1]);
  });

  test('a process that was stopped for a while does not lead when it goes on, before any timer has run', async () => {
    const { server, time } = await start();
    const clock = { offsetMs: 0, monotonicMs: () => time.monotonicMs() + clock.offsetMs, wallMs: () => 0 };
    const world = await startWorld({ ...testPorts(undefined, time), clock }, server);
    const options = { lease: NAME, identity: 'a', onElected: () => {}, onLost: () => {} };
    const leadership = new Leadership(options, world);
    world.closing.push(() => leadership.stop());
    leadership.start();
    await until(() => leadership.isLeader(), 'a to lead');
    clock.offsetMs = 10_000;
    expect(leadership.isLeader()).toBe(false);
  });

  test.each([-3_600_000, 3_600_000])(
    "another machine's clock that is off by %i ms changes nothing",
    async (skewMs) => {
      const { server, time } = await start();
      const a = await candidate(server, time, 'a', skewMs);
      await until(() => a.leadership.isLeader(), 'a to lead');
      const b = await candidate(server, time, 'b');
      for (let count = 0; count < 20; count++) await step(time);
      expect([a.leadership.isLeader(), b.leadership.isLeader()]).toEqual([true, false]);
      server.script(writesOf('a'), cut, cut, cut, cut, cut, cut);
      for (let count = 0; count < 10; count++) {
        await step(time);
        expect(a.leadership.isLeader() && b.leadership.isLeader()).toBe(false);
      }
      expect(b.leadership.isLeader()).toBe(true);
    },
  );

  test('a stop gives the lease back, and the other leads at its next try', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const b = await candidate(server, time, 'b');
    await settle();
    await a.leadership.stop();
    expect(stored(server).spec?.holderIdentity).toBe('');
    await step(time);
    expect([a.leadership.isLeader(), b.leadership.isLeader(), a.lost]).toEqual([false, true, []]);
  });

  test('a candidate that stops writes nothing', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const b = await candidate(server, time, 'b');
    await settle();
    await b.leadership.stop();
    expect(stored(server).spec?.holderIdentity).toBe('a');
    expect(server.count(writesOf(''))).toBe(0);
  });

  test('an answer that was lost: the renewal was done, and the leader goes on with it', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    server.script(writesOf('a'), (response, { body }) => {
      server.objects.put(PATH, body as Lease);
      response.destroy();
    });
    await step(time);
    expect(server.scripted).toBe(0);
    await step(time);
    await step(time, 7_000);
    expect([a.leadership.isLeader(), a.lost, stored(server).spec?.leaseTransitions]).toEqual([true, [], 0]);
  });

  test('who finds the lease in the hands of another steps down at once', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const lease = stored(server);
    server.objects.put(PATH, { ...lease, spec: { ...lease.spec, holderIdentity: 'z' } } as Lease);
    await step(time);
    expect([a.leadership.isLeader(), a.lost]).toEqual([false, ['z took the lease']]);
  });

  test('a label by hand does not cost the leader its lease', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const lease = stored(server);
    server.objects.put(PATH, { ...lease, metadata: { ...lease.metadata, labels: { by: 'hand' } } });
    for (let count = 0; count < 10; count++) await step(time);
    expect([a.leadership.isLeader(), a.lost]).toEqual([true, []]);
    expect(stored(server).metadata.labels).toEqual({ by: 'hand' });
  });

  test('deleted by hand: its leader makes it anew, and a candidate does not slip in', async () => {
    const { server, time } = await start();
    const a = await candidate(server, time, 'a');
    await until(() => a.leadership.isLeader(), 'a to lead');
    const b = await candidate(server, time, 'b');
    await settle();
    server.objects.remove(PATH);
    for (let count = 0; count < 20; count++) {
      await step(time, 1_000);
      expect([a.leadership.isLeader(), b.leadership.isLeader()]).toEqual([true, false]);
    }
    expect(stored(server).spec?.holderIdentity).toBe('a');
  });

  test('at random, with cuts, refusals and silence: never two leaders, and one again in the end', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { server, time } = await start();
      const random = new Random(seed);
      const candidates = [
        await candidate(server, time, 'a', 86_400_000),
        await candidate(server, time, 'b', -5),
      ];
      for (let count = 0; count < 60; count++) {
        const troubles = [cut, hang, refuse(409, 'Conflict'), refuse(500, 'InternalError')];
        const identity = random.chance(0.5) ? 'a' : 'b';
        if (random.chance(0.5)) server.script(writesOf(identity), troubles[random.below(4)]!);
        await step(time, 200 + random.next() * 2_500);
        const leaders = candidates.filter(({ leadership }) => leadership.isLeader());
        expect(leaders.length, `seed ${seed}`).toBeLessThanOrEqual(1);
      }
      candidates.push(await candidate(server, time, 'c'));
      for (let count = 0; count < 40; count++) await step(time, 1_000);
      const leaders = candidates.filter(({ leadership }) => leadership.isLeader());
      expect(leaders.length, `seed ${seed}`).toBe(1);
      for (const { leadership } of candidates) await leadership.stop();
    }
  });
});

describe("a candidate's watch over the lease", () => {
  const held = (version: string, spec: Lease['spec']): Lease => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: LEASE.kind,
    metadata: { ...NAME, uid: 'u', resourceVersion: version },
    spec: spec!,
  });

  test('counts from when it last saw a change, not from what the lease says', () => {
    const watch = new LeaseWatch('me');
    const ancient = {
      holderIdentity: 'other',
      leaseDurationSeconds: 15,
      renewTime: '1999-01-01T00:00:00.000000Z',
    };
    expect(watch.next(held('1', ancient), 0)).toBe('wait');
    expect(watch.next(held('2', ancient), 14_000)).toBe('wait');
    expect(watch.next(held('2', ancient), 28_999)).toBe('wait');
    expect(watch.next(held('2', ancient), 29_000)).toBe('take');
  });

  test('waits as long as the holder says, if that is longer than its own duration, and never less', () => {
    for (const [seconds, waitMs] of [
      [60, 60_000],
      [1, 15_000],
    ] as const) {
      const watch = new LeaseWatch('me');
      const spec = { holderIdentity: 'other', leaseDurationSeconds: seconds };
      expect(watch.next(held('1', spec), 0)).toBe('wait');
      expect(watch.next(held('1', spec), waitMs - 1)).toBe('wait');
      expect(watch.next(held('1', spec), waitMs)).toBe('take');
    }
  });

  test('creates what never was there at once, and what has vanished only after a lease duration', () => {
    const watch = new LeaseWatch('me');
    expect(watch.next(undefined, 0)).toBe('create');
    watch.next(held('1', { holderIdentity: 'other' }), 1_000);
    expect(watch.next(undefined, 2_000)).toBe('wait');
    expect(watch.next(undefined, 17_000)).toBe('create');
  });

  test('MicroTime has six digits', () => {
    expect(microTime(Date.UTC(2026, 10, 22, 23, 5, 1, 42))).toBe('2026-11-22T23:05:01.042000Z');
  });
});
