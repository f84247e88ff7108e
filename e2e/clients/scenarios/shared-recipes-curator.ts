import assert from 'node:assert/strict';
import {
  Barrier,
  type Contender,
  Counter,
  connect,
  DoubleBarrier,
  Election,
  LeaderLatch,
  Lock,
  ReadWriteLock,
  Semaphore,
  ServiceDiscovery,
} from '@rookery/client';
import { connectString } from '../../../testkit/src/endpoint.ts';
import { Program } from '../program.ts';
import { bothSystems, type Scenario } from '../scenario.ts';
import { type Checks, checkAll, inLine, OtherSide, takeTurns } from '../sharing/other-side.ts';

export const sharedRecipesCurator: Scenario = {
  name: 'shared-recipes-curator',
  proves:
    'locks, leases, elections, latches, barriers, counters and discovery of the TypeScript client are shared with Curator',
  against: bothSystems,
  needs: ['java', 'javac'],
  run: async (context) => {
    const classpath = context.curatorProgram('sharing');
    const ensemble = await context.startEnsemble();
    const servers = connectString(ensemble.endpoints);
    const java = ['-XX:TieredStopAtLevel=1', '-Xmx96m', '-cp', classpath, 'Sharing'];
    using curator = new OtherSide(new Program('java', java, { HOSTS: servers }));
    await curator.ready();
    await using zk = await connect(servers);
    const shared = await checkAll(checks, zk, curator);
    return `${shared} recipes shared with Curator, each in both directions`;
  },
};

const checks: Checks = [
  [
    'a lock',
    async (zk, curator) => {
      const lock = new Lock(zk, '/lock');
      await takeTurns(zk, {
        acquire: () => lock.acquire(),
        otherAcquires: () => curator.begin('lock', '/lock'),
        otherReleases: () => curator.do('release', '/lock'),
        contenders: () => lock.contenders(),
      });
    },
  ],
  [
    'a read-write lock',
    async (zk, curator) => {
      for (const [ours, path] of [
        ['read', '/written'],
        ['write', '/read'],
      ] as const) {
        const lock = new ReadWriteLock(zk, path);
        const contenders = (): Promise<Contender[]> => lock.contenders();
        await takeTurns(zk, {
          acquire: () => lock[ours](),
          otherAcquires: () => curator.begin(ours === 'read' ? 'write' : 'read', path),
          otherReleases: () => curator.do('release', path),
          contenders,
        });
      }
      const shared = new ReadWriteLock(zk, '/both');
      await curator.begin('read', '/both');
      await using _together = await shared.read();
      await curator.do('release', '/both');
    },
  ],
  [
    'a semaphore',
    async (zk, curator) => {
      const semaphore = new Semaphore(zk, '/semaphore', 1);
      const queue = new Lock(zk, '/semaphore/locks');
      const lease = await semaphore.acquire();
      const curatorWaits = curator.do('lease', '/semaphore');
      await inLine(zk, () => queue.contenders(), 1);
      await lease.release();
      await curatorWaits;
      const waiting = semaphore.acquire();
      await inLine(zk, () => queue.contenders(), 1);
      await curator.do('give back', '/semaphore');
      await (await waiting).release();
    },
  ],
  [
    'an election',
    async (zk, curator) => {
      const stop = new AbortController();
      const election = new Election(zk, '/election');
      await curator.do('lead', '/election');
      const led = Promise.withResolvers<void>();
      const running = election.run(async () => led.resolve(), { signal: stop.signal });
      await inLine(zk, () => election.contenders(), 2);
      await curator.do('release', '/election');
      await led.promise;
      stop.abort();
      await running;
    },
  ],
  [
    'a leader latch',
    async (zk, curator) => {
      await using latch = new LeaderLatch(zk, '/latch');
      await curator.do('latch', '/latch');
      const leads = Promise.withResolvers<void>();
      latch.onChange((hold) => hold !== undefined && leads.resolve());
      latch.start();
      await inLine(zk, () => latch.contenders(), 2);
      assert.equal(latch.hold, undefined, 'this client leads while Curator does');
      await curator.do('leave latch', '/latch');
      await leads.promise;
    },
  ],
  [
    'a barrier',
    async (zk, curator) => {
      const barrier = new Barrier(zk, '/barrier');
      await barrier.set();
      const passing = curator.do('pass', '/barrier');
      await barrier.lift();
      assert.equal(await passing, 'true');
    },
  ],
  [
    'a double barrier',
    async (zk, curator) => {
      const barrier = new DoubleBarrier(zk, '/double', 2);
      const [, entered] = await Promise.all([barrier.enter(), curator.do('enter', '/double')]);
      assert.equal(entered, 'true');
      const [, left] = await Promise.all([barrier.leave(), curator.do('leave', '/double')]);
      assert.equal(left, 'true');
    },
  ],
  [
    'a counter',
    async (zk, curator) => {
      const counter = new Counter(zk, '/counter');
      await counter.add(5);
      assert.equal(await curator.do('count', '/counter', '-7'), '-2');
      await zk.sync('/counter');
      assert.equal(await counter.value(), -2);
    },
  ],
  [
    'service discovery',
    async (zk, curator) => {
      const discovery = new ServiceDiscovery(zk, '/discovery');
      await using _own = await discovery.register('web', { address: '10.0.0.7', port: 80, id: 'ours' });
      assert.equal(await curator.do('find', '', 'web'), 'ours@10.0.0.7:80');
      await using instances = await discovery.follow('web');
      const both = Promise.withResolvers<void>();
      instances.onChange((all) => all.length === 2 && both.resolve());
      await curator.do('register', '', 'web');
      await both.promise;
      assert.deepEqual(
        instances.all.map(({ id, address, port }) => [id, address, port]),
        [
          ['curators', '10.0.0.9', 90],
          ['ours', '10.0.0.7', 80],
        ],
      );
    },
  ],
];
