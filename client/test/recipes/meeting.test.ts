import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Barrier, type Client, Counter, DoubleBarrier, LockingQueue, Party, Queue } from '../../src/index.ts';
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

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let i = 0; i < 20; i++) await server.advance(0);
  return settled;
}

async function loseSession(client: Client): Promise<void> {
  const expired = server.expire(client);
  await server.advance(2_000);
  await expired;
}

describe('a barrier', () => {
  test('holds up whoever waits until it is lifted, through a lost session', async () => {
    const barrier = new Barrier(a, '/b/x');
    await barrier.set();
    await barrier.set();
    const waiting = new Barrier(b, '/b/x').wait();
    expect(await isSettled(waiting)).toBe(false);
    await loseSession(b);
    expect(await isSettled(waiting)).toBe(false);
    await barrier.lift();
    await barrier.lift();
    await waiting;
    await new Barrier(b, '/b/x').wait();
  });
});

describe('a double barrier', () => {
  test('lets all begin together and end together', async () => {
    const members = [a, b, a].map((zk) => new DoubleBarrier(zk, '/double', 3));
    const entered = members.slice(0, 2).map((member) => member.enter());
    expect(await isSettled(Promise.race(entered))).toBe(false);
    await members[2]!.enter();
    await Promise.all(entered);
    const left = members.slice(0, 2).map((member) => member.leave());
    expect(await isSettled(Promise.race(left))).toBe(false);
    await members[2]!.leave();
    await Promise.all(left);
    expect((await a.children('/double')).names).toEqual([]);
  });

  test('is as if it had not been entered by whoever gives it up', async () => {
    const abort = new AbortController();
    const entering = new DoubleBarrier(a, '/double', 2).enter({ signal: abort.signal });
    await isSettled(entering);
    abort.abort(new Error('enough'));
    await expect(entering).rejects.toThrow('enough');
    expect((await a.children('/double')).names).toEqual([]);
  });
});

describe('a queue', () => {
  test('gives out in the order in which they came, the more urgent first, each to one', async () => {
    const queue = new Queue(a, '/q');
    for (const value of ['1', '2', '3']) await queue.put(value);
    await queue.put('urgent', { priority: 1 });
    expect(await queue.size()).toBe(4);
    const taken: string[] = [];
    for (const other of [new Queue(b, '/q'), queue, new Queue(b, '/q'), queue])
      taken.push((await other.poll())?.toString() ?? 'none');
    expect(taken).toEqual(['urgent', '1', '2', '3']);
    expect(await queue.poll()).toBeUndefined();
    await expect(queue.put('x', { priority: 1_000 })).rejects.toThrow(RangeError);
  });

  test('is waited at until something comes, by as many as it takes', async () => {
    const taking = [new Queue(a, '/q').take(), new Queue(b, '/q').take()];
    expect(await isSettled(Promise.race(taking))).toBe(false);
    await loseSession(b);
    await new Queue(a, '/q').put('x');
    await new Queue(a, '/q').put('y');
    await server.advance(100);
    expect((await Promise.all(taking)).map(String).sort()).toEqual(['x', 'y']);
  });

  test('gives each entry to one of many that take at once', async () => {
    const entries = Array.from({ length: 100 }, (_, i) => String(i));
    await Promise.all(entries.map((entry) => new Queue(a, '/q').put(entry)));
    const takers = [a, b, a, b].map((zk) => new Queue(zk, '/q'));
    const taken: string[] = [];
    await Promise.all(
      takers.map(async (taker) => {
        for (let value = await taker.poll(); value !== undefined; value = await taker.poll())
          taken.push(String(value));
      }),
    );
    expect(taken.sort()).toEqual(entries.sort());
  });
});

describe('a locking queue', () => {
  test('keeps an entry until it is consumed, and gives it to somebody else when its taker is gone', async () => {
    const [one, two] = [new LockingQueue(a, '/lq'), new LockingQueue(b, '/lq')];
    await one.put('x');
    await one.put('y');
    const first = await one.take();
    const second = await two.take();
    expect([String(first.value), String(second.value)]).toEqual(['x', 'y']);
    const third = two.take();
    expect(await isSettled(third)).toBe(false);
    await second.consume();
    expect(await isSettled(third)).toBe(false);
    await loseSession(a);
    expect(first.hold.signal.aborted).toBe(true);
    const again = await third;
    expect(String(again.value)).toBe('x');
    await expect(first.consume()).rejects.toMatchObject({ code: 'SESSION_LOST' });
    expect(await two.size()).toBe(1);
    await again.release();
    await (await two.take()).consume();
    expect(await two.size()).toBe(0);
  });
});

describe('a counter', () => {
  test.each(['curator', 'kazoo'] as const)('of %s counts what many add at once', async (layout) => {
    const counters = [a, b, a].map((zk) => new Counter(zk, '/c/x', { layout }));
    await Promise.all(
      counters.flatMap((counter) => Array.from({ length: 20 }, (_, i) => counter.add(i - 5))),
    );
    expect(await counters[0]!.value()).toBe(3 * 90);
    const { data } = await a.get('/c/x');
    expect(layout === 'kazoo' ? String(data) : data.readInt32BE()).toEqual(layout === 'kazoo' ? '270' : 270);
  });

  test('says what it finds that is no number, and what does not fit', async () => {
    await a.create('/c', 'many');
    await expect(new Counter(a, '/c', { layout: 'kazoo' }).value()).rejects.toThrow(/holds no whole number/);
    await expect(new Counter(a, '/d').add(2 ** 31)).rejects.toThrow(/does not fit 32 bits/);
  });
});

describe('a party', () => {
  test('has whoever joined and has not left, in each new session, too', async () => {
    const values = async (): Promise<string[]> =>
      (await new Party(b, '/p').members()).map(({ value }) => String(value)).sort();
    const one = await new Party(a, '/p').join('one');
    const two = await new Party(b, '/p').join('two');
    expect(await values()).toEqual(['one', 'two']);
    await one.set('first');
    expect(await values()).toEqual(['first', 'two']);
    await loseSession(a);
    expect(await values()).toEqual(['first', 'two']);
    await b.delete(one.path);
    await server.advance(100);
    expect(await values()).toEqual(['first', 'two']);
    await one.leave();
    expect(await values()).toEqual(['two']);
    await two.leave();
  });
});
