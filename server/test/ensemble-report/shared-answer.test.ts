import { beforeEach, expect, test } from 'vitest';
import { SharedAnswer } from '../../src/ensemble-report/shared-answer.ts';
import { VirtualScheduler } from '../ports/virtual-scheduler.ts';

let scheduler: VirtualScheduler;
let made: number;
let finish: (() => void)[];
let shared: SharedAnswer<number>;

beforeEach(() => {
  scheduler = new VirtualScheduler();
  made = 0;
  finish = [];
  shared = new SharedAnswer(scheduler, 500, async () => {
    const own = ++made;
    await new Promise<void>((resolve) => finish.push(resolve));
    return own;
  });
});

test('one answer serves all who ask while it is made, and for half a second after', async () => {
  const first = [shared.get(), shared.get()];
  finish[0]!();
  expect(await Promise.all(first)).toEqual([1, 1]);
  await scheduler.advance(499);
  expect(await shared.get()).toBe(1);
  await scheduler.advance(1);
  const next = shared.get();
  finish[1]!();
  expect(await next).toBe(2);
  await scheduler.advance(500);
  expect(scheduler.timers).toBe(0);
});

test('what fails is told to those who wait, and not kept', async () => {
  let isBroken = true;
  const failing = new SharedAnswer(scheduler, 500, async () => {
    if (isBroken) throw new Error('broken');
    return 1;
  });
  await expect(Promise.all([failing.get(), failing.get()])).rejects.toThrow('broken');
  isBroken = false;
  expect(await failing.get()).toBe(1);
});
