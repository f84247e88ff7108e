import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CacheChange,
  type Client,
  Configuration,
  InvalidValueError,
  type Schema,
  ServiceDiscovery,
  SubtreeCache,
  TypedNode,
} from '../../src/index.ts';
import { TestServer } from '../../src/testing/index.ts';

let server: TestServer;
let a: Client;
let b: Client;

beforeEach(async () => {
  server = await TestServer.start({ clock: 'held' });
  a = await server.connect({ sessionTimeoutMs: 6_000 });
  b = await server.connect({ sessionTimeoutMs: 6_000 });
});

afterEach(() => server.stop());

/** Everything that has happened has been told and looked at. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await server.advance(0);
}

interface Limits {
  readonly rate: number;
}

const limits: Schema<Limits> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const rate = (value as Partial<Limits> | null)?.rate;
      return typeof rate === 'number'
        ? { value: { rate } }
        : { issues: [{ message: 'is no number', path: ['rate'] }] };
    },
  },
};

describe('the cache of a subtree', () => {
  test('has all of it from the start, and follows each change', async () => {
    await b.create('/t', 'root');
    await b.create('/t/a', '1');
    await b.create('/t/a/x', '2');
    await using cache = await SubtreeCache.open(a, '/t');
    expect([...cache.entries()].map(([path, { data }]) => [path, String(data)]).sort()).toEqual([
      ['/t', 'root'],
      ['/t/a', '1'],
      ['/t/a/x', '2'],
    ]);
    const told: string[] = [];
    cache.onChange(({ type, path, node }: CacheChange) => told.push(`${type} ${path} ${node.data}`));
    await b.set('/t/a', '1a');
    await b.create('/t/b', '3');
    await b.delete('/t/a/x');
    await settle();
    expect(told).toEqual(['updated /t/a 1a', 'added /t/b 3', 'removed /t/a/x 2']);
    expect([cache.children('/t').sort(), cache.children('/t/a'), cache.size]).toEqual([['a', 'b'], [], 3]);
    await b.delete('/t/b');
    await b.delete('/t/a');
    await b.delete('/t');
    await settle();
    expect(cache.size).toBe(0);
    await b.create('/t', 'again');
    await settle();
    expect(String(cache.get('/t')?.data)).toBe('again');
  });

  test('is the same as the tree after whatever it missed, and told what is different', async () => {
    await b.create('/t');
    for (let i = 0; i < 20; i++) await b.create(`/t/${i}`, 'before');
    await using cache = await SubtreeCache.open(a, '/t');
    const told: string[] = [];
    cache.onChange(({ type, path }) => told.push(`${type} ${path}`));
    for (const lose of [() => server.breakConnections(a), () => server.expire(a)]) {
      server.cutOff(a);
      await b.delete('/t/3');
      await b.create('/t/new', 'x');
      await b.set('/t/4', String(Math.random()));
      server.reconnect(a);
      await server.advance(200);
      await lose();
      await server.advance(3_000);
      await settle();
      const names = (await b.children('/t')).names.sort();
      expect(cache.children('/t').sort()).toEqual(names);
      for (const name of names)
        expect(cache.get(`/t/${name}`)?.stat.mzxid).toBe((await b.get(`/t/${name}`)).stat.mzxid);
      expect(told.splice(0).sort()).toEqual(['added /t/new', 'removed /t/3', 'updated /t/4']);
      await b.create('/t/3');
      await b.delete('/t/new');
      await settle();
      told.length = 0;
    }
  });

  test('ends where there are more nodes than it may have', async () => {
    await b.create('/t');
    for (let i = 0; i < 5; i++) await b.create(`/t/${i}`);
    await expect(SubtreeCache.open(a, '/t', { maxNodes: 5 })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    const cache = await SubtreeCache.open(a, '/t', { maxNodes: 6 });
    await b.create('/t/6');
    await settle();
    expect(cache.signal.reason).toMatchObject({ code: 'TOO_LARGE' });
  });
});

describe('a typed node', () => {
  test('is read and written as what its schema says', async () => {
    const node = new TypedNode(a, '/config/limits', limits);
    expect(await node.get()).toBeUndefined();
    await node.set({ rate: 1 });
    expect((await node.get())?.value).toEqual({ rate: 1 });
    const stat = await node.set({ rate: 2 }, { version: 0 });
    await expect(node.set({ rate: 3 }, { version: 0 })).rejects.toMatchObject({ code: 'BAD_VERSION' });
    expect(stat.version).toBe(1);
    await expect(node.set({} as Limits)).rejects.toThrow('/config/limits: rate: is no number');
    await b.set('/config/limits', 'no JSON');
    await expect(node.get()).rejects.toThrow(InvalidValueError);
  });

  test('is updated by many at once, and none overwrites another', async () => {
    const add = (zk: Client): Promise<unknown> =>
      new TypedNode(zk, '/n', limits).update((before) => ({ rate: (before?.rate ?? 0) + 1 }));
    await Promise.all(Array.from({ length: 30 }, (_, i) => add(i % 2 === 0 ? a : b)));
    expect((await new TypedNode(a, '/n', limits).get())?.value).toEqual({ rate: 30 });
  });
});

describe('a configuration', () => {
  test('holds what its node says, then each later value, and keeps the last good one', async () => {
    await b.create('/config', '{"rate":1}');
    const invalid: string[] = [];
    await using config = await Configuration.follow(a, '/config', limits, {
      onInvalid: (error) => invalid.push(error.message),
    });
    const values: number[] = [];
    const following = (async () => {
      for await (const { rate } of config) values.push(rate);
    })();
    await settle();
    await b.set('/config', '{"rate":2}');
    await settle();
    await b.set('/config', '{}');
    await settle();
    expect(config.value).toEqual({ rate: 2 });
    const expired = server.expire(a);
    await server.advance(2_000);
    await expired;
    await b.set('/config', '{"rate":3}');
    await settle();
    await b.delete('/config');
    await settle();
    expect(config.value).toEqual({ rate: 3 });
    await config.close();
    await following;
    expect(values.filter((value, at) => value !== values[at - 1])).toEqual([1, 2, 3]);
    expect(invalid).toContain('/config: rate: is no number');
  });

  test('needs a value to begin with, or one to fall back to', async () => {
    await expect(Configuration.follow(a, '/none', limits)).rejects.toMatchObject({ code: 'NO_NODE' });
    await b.create('/bad', '{}');
    await expect(Configuration.follow(a, '/bad', limits)).rejects.toThrow(InvalidValueError);
    await using config = await Configuration.follow(a, '/none', limits, { fallback: { rate: 7 } });
    expect(config.value).toEqual({ rate: 7 });
    await b.create('/none', '{"rate":8}');
    await settle();
    expect(config.value).toEqual({ rate: 8 });
    await b.delete('/none');
    await settle();
    expect(config.value).toEqual({ rate: 7 });
  });
});

describe('service discovery', () => {
  test('finds the instances that there are, as Curator writes them', async () => {
    const discovery = new ServiceDiscovery(a, '/services');
    const one = await discovery.register('web', {
      address: '10.0.0.1',
      port: 80,
      id: 'one',
      payload: { zone: 'x' },
    });
    await using instances = await new ServiceDiscovery(b, '/services').follow('web');
    expect(instances.all).toEqual([
      {
        name: 'web',
        id: 'one',
        address: '10.0.0.1',
        port: 80,
        sslPort: null,
        payload: { zone: 'x' },
        registrationTimeUTC: a.wallMs(),
        serviceType: 'DYNAMIC',
        uriSpec: null,
        enabled: true,
      },
    ]);
    const two = await discovery.register('web', { address: '10.0.0.2', port: 80, id: 'two' });
    await b.create('/services/web/broken', 'no JSON');
    await settle();
    expect(new Set([1, 2, 3, 4].map(() => instances.next()?.id))).toEqual(new Set(['one', 'two']));
    await one.leave();
    await settle();
    expect(instances.all.map(({ id }) => id)).toEqual(['two']);
    await two.leave();
    await settle();
    expect(instances.next()).toBeUndefined();
  });
});
