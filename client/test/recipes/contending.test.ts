import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Client, Election, LeaderLatch, Lock, ReadWriteLock, Semaphore } from '../../src/index.ts';
import { TestServer } from '../../src/testing/index.ts';

const TIMEOUT_MS = 6_000;
let server: TestServer;
let a: Client;
let b: Client;

beforeEach(async () => {
  server = await TestServer.start({ clock: 'held' });
  a = await server.connect({ sessionTimeoutMs: TIMEOUT_MS });
  b = await server.connect({ sessionTimeoutMs: TIMEOUT_MS });
});

afterEach(() => server.stop());

/** Whether it has settled by the time that nothing happens any more. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  for (let i = 0; i < 20; i++) await server.advance(0);
  return settled;
}

describe('a lock', () => {
  test('is released at once, and asked for no more, where its client was closed before', async () => {
    const hold = await new Lock(a, '/locks/x').acquire();
    const waits = new Lock(b, '/locks/x').acquire();
    waits.catch(() => undefined);
    await server.advance(100);
    await a.close();
    await b.close();
    expect(await isSettled(hold.release())).toBe(true);
    await expect(waits).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('is held by one, and handed on in the order in which they came, with a greater token each time', async () => {
    const first = await new Lock(a, '/locks/x', { value: 'a' }).acquire();
    expect([first.isHeld, first.signal.aborted]).toEqual([true, false]);
    const second = new Lock(b, '/locks/x', { value: 'b' }).acquire();
    expect(await isSettled(second)).toBe(false);
    const third = new Lock(a, '/locks/x', { value: 'c' }).acquire();
    expect(await isSettled(third)).toBe(false);
    const contenders = await new Lock(b, '/locks/x').contenders();
    expect(contenders.map(({ value, session }) => [value.toString(), session])).toEqual([
      ['a', a.session.id],
      ['b', b.session.id],
      ['c', a.session.id],
    ]);
    await first.release();
    expect([first.isHeld, first.signal.aborted]).toEqual([false, true]);
    const held = await second;
    expect(await isSettled(third)).toBe(false);
    expect(held.token).toBeGreaterThan(first.token);
    await held.release();
    await using last = await third;
    expect(last.token).toBeGreaterThan(held.token);
  });

  test('is not waited for by tryAcquire, which leaves nothing behind', async () => {
    const lock = new Lock(b, '/locks/x');
    await using _hold = await new Lock(a, '/locks/x').acquire();
    expect(await lock.tryAcquire()).toBeUndefined();
    expect(await lock.contenders()).toHaveLength(1);
  });

  test('is waited for until a signal says otherwise, which leaves nothing behind', async () => {
    const hold = await new Lock(a, '/locks/x').acquire();
    const abort = new AbortController();
    const waiting = new Lock(b, '/locks/x').acquire({ signal: abort.signal });
    expect(await isSettled(waiting)).toBe(false);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(await new Lock(b, '/locks/x').contenders()).toHaveLength(1);
    await hold.release();
  });

  test('is lost by the holder before another one has it, where the holder is cut off', async () => {
    const hold = await new Lock(a, '/locks/x').acquire();
    const waiting = new Lock(b, '/locks/x').acquire();
    let lostFirst = false;
    void waiting.then(() => {
      lostFirst = hold.signal.aborted && !hold.isHeld;
    });
    server.cutOff(a);
    await server.advance(TIMEOUT_MS * 0.9);
    expect([hold.isHeld, hold.signal.aborted]).toEqual([true, false]);
    await server.advance(TIMEOUT_MS * 3);
    const next = await waiting;
    expect(lostFirst).toBe(true);
    expect(next.token).toBeGreaterThan(hold.token);
    expect(hold.signal.reason).toMatchObject({ code: 'SESSION_LOST' });
    // The former holder gives up what it has lost without a complaint.
    server.reconnect(a);
    await server.advance(3_000);
    await hold.release();
    expect(next.isHeld).toBe(true);
  });

  test('is kept through broken connections', async () => {
    const hold = await new Lock(a, '/locks/x').acquire();
    for (let i = 0; i < 5; i++) {
      server.breakConnections();
      await server.advance(500);
    }
    expect(hold.isHeld).toBe(true);
    await hold.release();
    expect(await new Lock(b, '/locks/x').contenders()).toEqual([]);
  });

  test('is acquired once, whenever the connection breaks on the way', async () => {
    const lock = new Lock(a, '/locks/x');
    await (await lock.acquire()).release();
    for (let turns = 0; turns < 40; turns++) {
      const acquiring = lock.acquire();
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      server.breakConnections(a);
      await server.advance(1_000);
      await using hold = await acquiring;
      expect(hold.isHeld).toBe(true);
      expect(await lock.contenders()).toHaveLength(1);
    }
  });

  test('leaves nothing behind when it is given up, whenever the connection breaks on the way', async () => {
    const lock = new Lock(a, '/locks/x');
    await (await lock.acquire()).release();
    for (let turns = 0; turns < 40; turns++) {
      const abort = new AbortController();
      const acquiring = lock.acquire({ signal: abort.signal }).then(
        (hold) => hold.release(),
        (error: unknown) => error,
      );
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      server.breakConnections(a);
      abort.abort(new Error('enough'));
      await server.advance(1_000);
      await acquiring;
      await server.advance(1_000);
      expect(await lock.contenders()).toEqual([]);
    }
  });

  test('is lined up for again by whoever loses the session while waiting', async () => {
    const hold = await new Lock(b, '/locks/x').acquire();
    const waiting = new Lock(a, '/locks/x').acquire();
    await isSettled(waiting);
    const expired = server.expire(a);
    await server.advance(2_000);
    await expired;
    expect(await isSettled(waiting)).toBe(false);
    await hold.release();
    await server.advance(100);
    await using next = await waiting;
    expect(next.isHeld).toBe(true);
  });

  test('that somebody removed is held no more', async () => {
    const hold = await new Lock(a, '/locks/x').acquire();
    await b.delete(hold.path);
    await a.sync();
    expect([hold.isHeld, hold.signal.aborted]).toEqual([false, true]);
    expect(hold.signal.reason).toMatchObject({ message: expect.stringMatching(/removed by somebody else/) });
  });

  test('wakes one contender when it is released, however many wait', async () => {
    const hold = await new Lock(a, '/locks/x').acquire();
    const waiting = Array.from({ length: 20 }, () => new Lock(b, '/locks/x').acquire());
    await isSettled(waiting[0]!);
    const watches = server.watchCount;
    await hold.release();
    const next = await waiting[0]!;
    await isSettled(waiting[1]!);
    // The one that was woken watches its own node; the others kept theirs.
    expect(server.watchCount).toBeLessThanOrEqual(watches);
    const ended = Promise.allSettled(waiting);
    await b.close();
    await ended;
    expect(next.isHeld).toBe(false);
  });

  test.each([
    ['curator', /^\/l\/_c_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-lock-\d{10}$/],
    ['kazoo', /^\/l\/[0-9a-f]{32}__lock__\d{10}$/],
  ] as const)('has nodes as %s names them, and waits for those of the other, too', async (layout, name) => {
    await using hold = await new Lock(a, '/l', { layout }).acquire();
    expect(hold.path).toMatch(name);
    const other = new Lock(b, '/l', { layout: layout === 'kazoo' ? 'curator' : 'kazoo' });
    expect(await other.tryAcquire()).toBeUndefined();
  });
});

describe.each(['curator', 'kazoo'] as const)('a read-write lock of %s', (layout) => {
  const lockOf = (zk: Client): ReadWriteLock => new ReadWriteLock(zk, '/rw', { layout });

  test('is had by many readers together, and by one writer alone', async () => {
    const readers = await Promise.all([lockOf(a).read(), lockOf(b).read()]);
    const writing = lockOf(a).write();
    expect(await isSettled(writing)).toBe(false);
    // Who comes after a writer waits for it.
    const late = lockOf(b).read();
    expect(await isSettled(late)).toBe(false);
    expect(await lockOf(b).tryRead()).toBeUndefined();
    for (const reader of readers) await reader.release();
    const writer = await writing;
    expect(await isSettled(late)).toBe(false);
    expect(await lockOf(b).tryWrite()).toBeUndefined();
    await writer.release();
    await using _reader = await late;
    expect(await lockOf(a).contenders()).toHaveLength(1);
  });
});

describe.each(['curator', 'kazoo'] as const)('a semaphore of %s', (layout) => {
  const semaphoreOf = (zk: Client): Semaphore => new Semaphore(zk, '/s/x', 2, { layout, value: 'me' });

  test('has so many leases, and hands one on when it is given back', async () => {
    const [one, two] = [await semaphoreOf(a).acquire(), await semaphoreOf(b).acquire()];
    const third = semaphoreOf(b).acquire();
    expect(await isSettled(third)).toBe(false);
    expect(await semaphoreOf(a).tryAcquire()).toBeUndefined();
    expect((await semaphoreOf(a).holders()).map(({ value }) => value.toString())).toEqual(['me', 'me']);
    await one.release();
    await using _next = await third;
    await two.release();
    await using again = await semaphoreOf(a).tryAcquire();
    expect(again?.isHeld).toBe(true);
  });

  test('gets the lease back of whoever is gone', async () => {
    await semaphoreOf(a).acquire();
    await semaphoreOf(a).acquire();
    const waiting = semaphoreOf(b).acquire();
    expect(await isSettled(waiting)).toBe(false);
    await a.close();
    await using hold = await waiting;
    expect(hold.isHeld).toBe(true);
  });
});

describe('an election', () => {
  test('is won by one at a time; who resigns or fails leaves it to the next', async () => {
    const stop = new AbortController();
    const led: string[] = [];
    const run = (zk: Client, name: string): Promise<void> =>
      new Election(zk, '/leader', { value: name }).run(
        async (hold) => {
          led.push(`${name} begins`);
          await zk.delay(1_000, AbortSignal.any([hold.signal, stop.signal])).catch(() => undefined);
          led.push(`${name} ends`);
        },
        { signal: stop.signal },
      );
    const runs = [run(a, 'a'), run(b, 'b')];
    for (let i = 0; i < 5; i++) await server.advance(1_000);
    stop.abort();
    await server.advance(100);
    await Promise.all(runs);
    expect(led.length).toBeGreaterThanOrEqual(8);
    for (let i = 0; i < led.length; i += 2) {
      const name = led[i]!.split(' ')[0];
      expect([led[i], led[i + 1]]).toEqual([`${name} begins`, `${name} ends`]);
      if (i > 0) expect(led[i]).not.toBe(led[i - 2]);
    }
    expect(await new Election(a, '/leader').contenders()).toEqual([]);
  });

  test('rejects with what its leader throws, and the next one leads', async () => {
    const failing = new Election(a, '/leader').run(() => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    const stop = new AbortController();
    const led = Promise.withResolvers<void>();
    const running = new Election(b, '/leader').run(
      async (hold) => {
        led.resolve();
        await b.delay(60_000, hold.signal).catch(() => undefined);
      },
      { signal: stop.signal },
    );
    await led.promise;
    stop.abort();
    await running;
  });
});

describe('a leader latch', () => {
  test('that waits while its client is closed tells it by close, and by nothing else', async () => {
    const hold = new LeaderLatch(a, '/latch');
    hold.start();
    await server.advance(100);
    const waiting = new LeaderLatch(b, '/latch');
    waiting.start();
    await server.advance(100);
    expect(await waiting.contenders()).toHaveLength(2);
    await b.close();
    await server.advance(100);
    await expect(waiting.close()).rejects.toThrow('the client was closed');
    await hold.close();
  });

  test('leads when it is first, says so, and hands on when it is closed or loses its session', async () => {
    const [one, two] = [new LeaderLatch(a, '/latch'), new LeaderLatch(b, '/latch')];
    const told: string[] = [];
    one.onChange((hold) => told.push(hold === undefined ? 'one ends' : 'one leads'));
    two.onChange((hold) => told.push(hold === undefined ? 'two ends' : 'two leads'));
    one.start();
    await server.advance(100);
    two.start();
    await server.advance(100);
    expect([one.hold?.isHeld, two.hold]).toEqual([true, undefined]);
    expect(await one.contenders()).toHaveLength(2);
    server.cutOff(a);
    await server.advance(4 * TIMEOUT_MS);
    server.reconnect(a);
    await server.advance(2_000);
    expect([one.hold, two.hold?.isHeld]).toEqual([undefined, true]);
    await two.close();
    await server.advance(100);
    expect(one.hold?.isHeld).toBe(true);
    await one.close();
    expect(told).toEqual(['one leads', 'one ends', 'two leads', 'two ends', 'one leads', 'one ends']);
  });
});
