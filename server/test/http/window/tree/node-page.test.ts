import {
  type Client,
  LeaderLatch,
  Lock,
  LockingQueue,
  Party,
  Permission,
  Queue,
  ReadWriteLock,
  Semaphore,
  ServiceDiscovery,
} from '@rookery/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodePage } from '../../../../src/http/window/shapes.ts';
import type { ServedTree } from '../../v1/served-tree.ts';
import { clientOf, identity, OWN_ACL, serveWindow } from './served-window.ts';

let window: ServedTree;
let zk: Client;
let other: Client;

beforeAll(async () => {
  window = await serveWindow();
  zk = await clientOf(window);
  other = await clientOf(window);
});

afterAll(async () => {
  await Promise.all([zk.close(), other.close()]);
  await window.stop();
});

async function page(path: string, headers: Record<string, string> = {}): Promise<NodePage> {
  const { status, json } = await window.ask(`/node${path.split('/').map(encodeURIComponent).join('/')}`, {
    headers,
  });
  expect(status).toBe(200);
  return json as unknown as NodePage;
}

const sessionOf = ({ session }: Client): string => `0x${session.id.toString(16)}`;

describe("a node's page", () => {
  test('has stat, value, access list and what is kept there', async () => {
    await zk.create('/app', '{"colour":"blue"}');
    const told = await window.ask('/node/app');
    expect(told.headers.get('etag')).toMatch(/^"\d+-0"$/);
    expect(told.json).toMatchObject({
      path: '/app',
      stat: { version: 0, ephemeralOwner: '0x0' },
      value: { base64: Buffer.from('{"colour":"blue"}').toString('base64'), text: '{"colour":"blue"}' },
      acl: [{ scheme: 'world', id: 'anyone' }],
      format: { name: 'json' },
      recipe: null,
      within: null,
    });
    expect((await page('/')).path).toBe('/');
    const binary = await zk.create('/binary', Buffer.from([0xff, 0xfe]));
    expect((await page(binary.path)).value).toEqual({ base64: '//4=' });
  });

  test('is for who may read the node; who may change its access list alone sees that, and the stat', async () => {
    const ann = await clientOf(window, 'ann:a');
    const anybody = { scheme: 'world', id: 'anyone', perms: Permission.admin };
    await ann.create('/anns', 'secret', { acl: [...OWN_ACL, anybody] });
    await ann.create('/anns/child', 'secret', { acl: OWN_ACL });
    const closed = await page('/anns');
    expect(closed).toMatchObject({ value: null, format: null, recipe: null, within: null });
    expect(closed.acl).toHaveLength(2);
    expect(closed.stat).toMatchObject({ dataLength: 6, numChildren: 1 });
    expect((await window.ask('/node/anns/child')).json).toMatchObject({
      code: 'NO_AUTH',
      path: '/anns/child',
    });
    expect((await page('/anns', identity('ann', 'a'))).value?.text).toBe('secret');
    await ann.close();
  });

  test('of no node is 404, and of no path 400', async () => {
    expect((await window.ask('/node/none')).json).toMatchObject({ code: 'NO_NODE', path: '/none' });
    expect((await window.ask('/node//x')).status).toBe(400);
    expect((await window.ask('/node/x?what')).status).toBe(400);
  });
});

describe('recipes', () => {
  test.each(['kazoo', 'curator'] as const)(
    'a lock by the layout of %s, with who holds it and who waits, and since when',
    async (layout) => {
      const path = `/lock-${layout}`;
      const held = await new Lock(zk, path, { layout, value: 'ann\u0000' }).acquire();
      const abort = new AbortController();
      const waiting = new Lock(other, path, { layout, value: 'bob' }).acquire({ signal: abort.signal });
      waiting.catch(() => undefined);
      while ((await zk.children(path)).names.length < 2);
      const { recipe } = await page(path);
      expect(recipe).toMatchObject({
        kind: 'lock',
        layout: layout === 'kazoo' ? 'kazoo' : 'Curator',
        holderCount: 1,
        waiterCount: 1,
      });
      expect(recipe!.holders[0]).toMatchObject({ session: sessionOf(zk) });
      expect(recipe!.waiters[0]).toMatchObject({ session: sessionOf(other), says: 'bob' });
      const { stat, within } = await page(`${path}/${recipe!.waiters[0]!.name}`);
      expect(recipe!.waiters[0]!.sinceMs).toBe(stat.ctime);
      expect(within).toEqual({ path, recipe });
      abort.abort();
      await held.release();
    },
  );

  test('readers and writers, elections and latches', async () => {
    const readers = new ReadWriteLock(zk, '/rw');
    await readers.read();
    await new ReadWriteLock(other, '/rw').read();
    readers.write().catch(() => undefined);
    while ((await zk.children('/rw')).names.length < 3);
    const { recipe } = await page('/rw');
    expect(recipe).toMatchObject({ kind: 'read-write lock', holderCount: 2, waiterCount: 1 });
    expect(recipe!.holders.map(({ kind }) => kind)).toEqual(['read', 'read']);
    expect(recipe!.waiters[0]!.kind).toBe('write');
    const latch = new LeaderLatch(zk, '/latch', { value: 'me' });
    latch.start();
    while ((await zk.exists('/latch'))?.numChildren !== 1);
    expect((await page('/latch')).recipe).toMatchObject({
      kind: 'election',
      holderCount: 1,
      holders: [{ says: 'me' }],
    });
    await latch.close();
  });

  test('a semaphore of Curator has its leases and those who wait below', async () => {
    const hold = await new Semaphore(zk, '/semaphore', 1, { value: 'one' }).acquire();
    const abort = new AbortController();
    const waiting = new Semaphore(other, '/semaphore', 1, { value: 'two' }).acquire({ signal: abort.signal });
    waiting.catch(() => undefined);
    while ((await zk.exists('/semaphore/locks'))?.numChildren !== 1);
    expect((await page('/semaphore')).recipe).toMatchObject({
      kind: 'semaphore',
      layout: 'Curator',
      holders: [{ says: 'one', session: sessionOf(zk) }],
      waiters: [{ session: sessionOf(other) }],
      holderCount: 1,
      waiterCount: 1,
    });
    abort.abort();
    await hold.release();
  });

  test('queues: plain ones by priority, and those whose entries are locked', async () => {
    const queue = new Queue(zk, '/queue');
    await queue.put('later');
    await queue.put('urgent', { priority: 5 });
    expect((await page('/queue')).recipe).toMatchObject({
      kind: 'queue',
      layout: 'kazoo',
      holders: [{ says: 'urgent', session: null }],
      waiters: [{ says: 'later' }],
    });
    const locking = new LockingQueue(zk, '/locking');
    for (const value of ['a', 'b', 'c']) await locking.put(value);
    const taken = await locking.take();
    expect((await page('/locking')).recipe).toMatchObject({
      kind: 'queue',
      holderCount: 1,
      waiterCount: 2,
      holders: [{ session: sessionOf(zk) }],
      waiters: [{ says: 'b' }, { says: 'c' }],
    });
    await taken.release();
  });

  test('parties, services and counters', async () => {
    await new Party(zk, '/party').join('ann');
    expect((await page('/party')).recipe).toMatchObject({ kind: 'party', holders: [{ says: 'ann' }] });
    await new ServiceDiscovery(zk, '/services').register('api', {
      address: '10.0.0.1',
      port: 8080,
      id: 'one',
    });
    expect((await page('/services/api')).recipe).toMatchObject({
      kind: 'service discovery',
      layout: 'Curator',
      holders: [{ name: 'one', says: '10.0.0.1:8080' }],
    });
    expect((await page('/services/api/one')).within).toMatchObject({ path: '/services/api' });
    await zk.create('/counter', Buffer.from([0, 0, 0, 7]));
    expect((await page('/counter')).recipe).toMatchObject({ kind: 'counter' });
  });

  test('with more than are looked at are counted by the number of children, and told of a hundred', async () => {
    await zk.create('/long');
    const value = 'x'.repeat(100);
    for (let batch = 0; batch < 5; batch++) {
      const steps = Array.from(
        { length: 500 },
        () => ({ do: 'create', path: '/long/queue-', kind: 'persistent-sequential', data: value }) as const,
      );
      await zk.transaction(steps);
    }
    const { recipe } = await page('/long');
    expect(recipe).toMatchObject({ kind: 'queue', layout: 'Curator', holderCount: 1, waiterCount: 2_499 });
    expect([recipe!.holders[0]!.name, recipe!.waiters.length]).toEqual(['queue-0000000000', 100]);
    expect((await page('/long/queue-0000002400')).within?.path).toBe('/long');
  });

  test('of which some may not be read are told without what those say', async () => {
    const ann = await clientOf(window, 'ann:a');
    await zk.create('/shared');
    await ann.create('/shared/lock-', 'secret', { acl: OWN_ACL, kind: 'ephemeral-sequential' });
    await zk.create('/shared/lock-', 'open', { kind: 'ephemeral-sequential' });
    const { recipe } = await page('/shared');
    expect(recipe!.holders).toMatchObject([
      { name: 'lock-0000000000', says: '', session: null, sinceMs: null },
    ]);
    expect(recipe!.waiters).toMatchObject([{ says: 'open' }]);
    await ann.close();
  });
});
