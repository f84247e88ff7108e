import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  Barrier,
  type Contender,
  Counter,
  connect,
  DoubleBarrier,
  Election,
  Lock,
  LockingQueue,
  Party,
  Queue,
  ReadWriteLock,
  Semaphore,
} from '@rookery/client';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Program } from '../program.ts';
import { bothSystems, type Scenario } from '../scenario.ts';
import { type Checks, checkAll, inLine, OtherSide, takeTurns } from '../sharing/other-side.ts';

const script = fileURLToPath(new URL('../python/sharing.py', import.meta.url));

export const sharedRecipes: Scenario = {
  name: 'shared-recipes',
  proves:
    'locks, leases, elections, barriers, queues, counters and parties of the TypeScript client are shared with kazoo',
  against: bothSystems,
  needs: ['python'],
  run: async (context) => {
    const ensemble = await context.startEnsemble();
    const servers = connectString(ensemble.endpoints);
    using kazoo = new OtherSide(new Program(context.python(), [script], { HOSTS: servers }));
    await kazoo.ready();
    await using zk = await connect(servers);
    const shared = await checkAll(checks, zk, kazoo);
    return `${shared} recipes shared with kazoo, each in both directions`;
  },
};

const checks: Checks = [
  [
    "a lock of kazoo's layout",
    async (zk, kazoo) => {
      const lock = new Lock(zk, '/lock', { layout: 'kazoo' });
      await takeTurns(zk, {
        acquire: () => lock.acquire(),
        otherAcquires: () => kazoo.do('lock', '/lock'),
        otherReleases: () => kazoo.do('release', '/lock'),
        contenders: () => lock.contenders(),
      });
    },
  ],
  [
    "a lock of Curator's layout, which kazoo is told of",
    async (zk, kazoo) => {
      const lock = new Lock(zk, '/curator-lock', { layout: 'curator' });
      await takeTurns(zk, {
        acquire: () => lock.acquire(),
        otherAcquires: () => kazoo.do('lock', '/curator-lock', 'curator'),
        otherReleases: () => kazoo.do('release', '/curator-lock'),
        contenders: () => lock.contenders(),
      });
    },
  ],
  [
    'a read-write lock',
    async (zk, kazoo) => {
      const lock = new ReadWriteLock(zk, '/rw', { layout: 'kazoo' });
      const otherReleases = (): Promise<string> => kazoo.do('release', '/rw');
      const contenders = (): Promise<Contender[]> => lock.contenders();
      await takeTurns(zk, {
        acquire: () => lock.write(),
        otherAcquires: () => kazoo.do('read', '/rw'),
        otherReleases,
        contenders,
      });
      await takeTurns(zk, {
        acquire: () => lock.read(),
        otherAcquires: () => kazoo.do('write', '/rw'),
        otherReleases,
        contenders,
      });
      await kazoo.do('read', '/rw');
      await using _together = await lock.read();
      await otherReleases();
    },
  ],
  [
    'a semaphore',
    async (zk, kazoo) => {
      const semaphore = new Semaphore(zk, '/semaphore', 1, { layout: 'kazoo' });
      const lease = await semaphore.acquire();
      assert.equal((await zk.get('/semaphore')).data.toString(), '1');
      const kazooWaits = kazoo.do('lease', '/semaphore');
      const queue = new Lock(zk, '/semaphore-__lock__');
      await inLine(zk, () => queue.contenders(), 1);
      await lease.release();
      await kazooWaits;
      assert.equal(await semaphore.tryAcquire(), undefined);
      const waiting = semaphore.acquire();
      await inLine(zk, () => queue.contenders(), 1);
      await kazoo.do('release', '/semaphore');
      await (await waiting).release();
    },
  ],
  [
    'an election',
    async (zk, kazoo) => {
      const stop = new AbortController();
      const election = new Election(zk, '/election', { layout: 'kazoo' });
      await kazoo.do('lead', '/election');
      const led = Promise.withResolvers<void>();
      const running = election.run(async () => led.resolve(), { signal: stop.signal });
      await inLine(zk, () => election.contenders(), 2);
      await kazoo.do('resign', '/election');
      await led.promise;
      stop.abort();
      await running;
    },
  ],
  [
    'a barrier',
    async (zk, kazoo) => {
      const barrier = new Barrier(zk, '/barrier');
      await barrier.set();
      const passing = kazoo.do('pass', '/barrier');
      await barrier.lift();
      assert.equal(await passing, 'True');
    },
  ],
  [
    'a double barrier',
    async (zk, kazoo) => {
      const barrier = new DoubleBarrier(zk, '/double', 2);
      const [, entered] = await Promise.all([barrier.enter(), kazoo.do('enter', '/double')]);
      assert.equal(entered, 'in');
      const [, left] = await Promise.all([barrier.leave(), kazoo.do('leave', '/double')]);
      assert.equal(left, 'out');
    },
  ],
  [
    'a queue',
    async (zk, kazoo) => {
      const queue = new Queue(zk, '/queue');
      const taking = queue.take();
      await kazoo.do('put', '/queue', 'from kazoo');
      assert.equal(String(await taking), 'from kazoo');
      await queue.put('late');
      await queue.put('urgent', { priority: 1 });
      assert.equal(await kazoo.do('take', '/queue'), 'urgent');
      assert.equal(String(await queue.poll()), 'late');
    },
  ],
  [
    'a locking queue',
    async (zk, kazoo) => {
      const queue = new LockingQueue(zk, '/jobs');
      await queue.put('one');
      assert.equal(await kazoo.do('locking take', '/jobs'), 'one');
      const taking = queue.take();
      await kazoo.do('locking put', '/jobs', 'two');
      const entry = await taking;
      assert.equal(String(entry.value), 'two');
      assert.equal(await kazoo.do('consume', '/jobs'), 'True');
      await entry.consume();
      assert.equal(await queue.size(), 0);
    },
  ],
  [
    'a counter, as either writes it',
    async (zk, kazoo) => {
      for (const [layout, what] of [
        ['kazoo', 'count'],
        ['curator', 'curator count'],
      ] as const) {
        const path = `/counter/${layout}`;
        const counter = new Counter(zk, path, { layout });
        await counter.add(5);
        assert.equal(await kazoo.do(what, path, '-7'), '-2');
        assert.equal(await counter.value(), -2);
      }
    },
  ],
  [
    'a party',
    async (zk, kazoo) => {
      const party = new Party(zk, '/party');
      await using _presence = await party.join('ours');
      assert.equal(await kazoo.do('party', '/party', 'kazoo'), 'kazoo,ours');
      assert.deepEqual((await party.members()).map(({ value }) => String(value)).sort(), ['kazoo', 'ours']);
    },
  ],
];
