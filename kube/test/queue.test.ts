import { describe, expect, test } from 'vitest';
import { Random } from '../../testkit/src/random.ts';
import { ITEM_BACKOFF, WorkQueue } from '../src/queue.ts';
import { ManualTime } from './manual-time.ts';
import { settle } from './until.ts';

function start(): { time: ManualTime; queue: WorkQueue } {
  const time = new ManualTime();
  return { time, queue: new WorkQueue({ scheduler: time, clock: time }) };
}

/** What a worker would get at once, or `nothing`. */
async function takeNow(queue: WorkQueue): Promise<string | undefined> {
  return queue.depth === 0 ? 'nothing' : queue.next();
}

describe('the work queue', () => {
  test('a key that is added often waits once, in the order of its first adding', async () => {
    const { queue } = start();
    for (const key of ['a', 'b', 'a', 'a', 'b']) queue.add(key);
    expect([queue.depth, await queue.next(), await queue.next(), queue.depth]).toEqual([2, 'a', 'b', 0]);
  });

  test('a key that is taken is not given to a second worker; added meanwhile it comes again, once', async () => {
    const { queue } = start();
    queue.add('a');
    expect(await queue.next()).toBe('a');
    const second = queue.next();
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(await second).toBe('b');
    expect(queue.depth).toBe(1);
    queue.done('a');
    expect(await queue.next()).toBe('a');
    queue.done('a');
    expect(await takeNow(queue)).toBe('nothing');
  });

  test('waiting workers are served in the order in which they came', async () => {
    const { queue } = start();
    const both = Promise.all([queue.next(), queue.next()]);
    queue.add('a');
    queue.add('b');
    expect(await both).toEqual(['a', 'b']);
  });

  test('the delay after failures doubles from 5 ms to 1000 s, and is short again once forgotten', () => {
    const { queue } = start();
    const delays = Array.from({ length: 20 }, () => queue.addFailed('a'));
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-1)).toBe(ITEM_BACKOFF.mostMs);
    expect(queue.addFailed('other')).toBe(5);
    queue.forget('a');
    expect(queue.addFailed('a')).toBe(5);
  });

  test('a failure waits at least as long as was asked', () => {
    const { queue } = start();
    expect(queue.addFailed('a', 3_000)).toBe(3_000);
    expect(queue.addFailed('a')).toBe(10);
  });

  test('of two delays the one that ends first holds, and the key comes once', async () => {
    const { time, queue } = start();
    queue.addAfter('a', 100);
    queue.addAfter('a', 30);
    queue.addAfter('a', 60);
    time.advance(29);
    expect(queue.depth).toBe(0);
    time.advance(1);
    expect(await queue.next()).toBe('a');
    queue.done('a');
    time.advance(1_000);
    expect([queue.depth, queue.delayed]).toEqual([0, 0]);
  });

  test('no delay is no delay', () => {
    const { queue } = start();
    queue.addAfter('a', 0);
    expect(queue.depth).toBe(1);
  });

  test('closing drains: keys at work end, waiting ones are forgotten, workers are sent home', async () => {
    const { time, queue } = start();
    queue.add('a');
    await queue.next();
    queue.add('a');
    queue.addAfter('c', 10);
    let drained = false;
    const idle = queue.next();
    const closing = queue.close().then(() => {
      drained = true;
    });
    queue.add('d');
    time.advance(1_000);
    expect([await idle, await queue.next()]).toEqual([undefined, undefined]);
    await settle();
    expect([drained, queue.depth, time.delays]).toEqual([false, 0, []]);
    queue.done('a');
    await closing;
    expect([drained, queue.depth]).toEqual([true, 0]);
  });

  test('an empty queue closes at once, twice too', async () => {
    const { queue } = start();
    await queue.close();
    await queue.close();
  });

  test('giving back what was not taken is a defect of the caller', () => {
    expect(() => start().queue.done('a')).toThrow('had not been taken');
  });

  test('at random: no key is ever with two workers, and none that was added is forgotten', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const { time, queue } = start();
      const taken = new Set<string>();
      const owed = new Set<string>();
      for (let step = 0; step < 400; step++) {
        const key = `k${random.below(6)}`;
        const dice = random.next();
        if (dice < 0.35) {
          queue.add(key);
          owed.add(key);
        } else if (dice < 0.5) {
          queue.addAfter(key, random.next() * 50);
          owed.add(key);
        } else if (dice < 0.75 && queue.depth > taken.size) {
          const next = await queue.next();
          expect(taken.has(next!), `seed ${seed}`).toBe(false);
          taken.add(next!);
          owed.delete(next!);
        } else if (taken.size > 0) {
          const [done] = taken;
          taken.delete(done!);
          queue.done(done!);
        }
        time.advance(random.next() * 10);
      }
      for (const key of taken) queue.done(key);
      time.advance(100);
      const left = new Set<string>();
      while (queue.depth > 0) left.add((await queue.next())!);
      expect(
        [...owed].filter((key) => !left.has(key)),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });
});
