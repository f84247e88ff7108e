import { expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { MachineClock, VirtualProcess } from '../../sim/process.ts';
import { VirtualTime } from '../../sim/scheduler.ts';

test('events run by time, and those of one time in the order in which they were scheduled', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const prng = new Prng(seed);
    const time = new VirtualTime();
    const ran: [number, number][] = [];
    for (let i = 0; i < 200; i++) {
      const atMs = prng.below(20);
      time.at(atMs, () => ran.push([atMs, i]));
    }
    await time.runUntil(100);
    const expected = [...ran].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    expect(ran, `seed ${seed}`).toEqual(expected);
    expect(ran.length).toBe(200);
    expect(time.nowMs).toBe(100);
  }
});

test('chains of promises settle wholly between two events of the same instant', async () => {
  const time = new VirtualTime();
  const ran: string[] = [];
  time.at(5, () => {
    void (async () => {
      for (let i = 0; i < 30; i++) await Promise.resolve();
      ran.push('promises of the first');
    })();
    ran.push('first');
  });
  time.at(5, () => ran.push('second'));
  await time.runUntil(5);
  expect(ran).toEqual(['first', 'promises of the first', 'second']);
});

test('cancelled events do not run and later ones wait for the next call', async () => {
  const time = new VirtualTime();
  let ran = 0;
  time.cancel(time.at(1, () => ran++));
  time.at(30, () => ran++);
  await time.runUntil(10);
  expect(ran).toBe(0);
  await time.runUntil(30);
  expect(ran).toBe(1);
});

function process(time: VirtualTime): VirtualProcess {
  return new VirtualProcess(time, new MachineClock(time, 1, 0), new Prng(1), {
    begins: () => {},
    ran: () => {},
    threw: (error) => {
      throw error;
    },
  });
}

test('a stalled process takes everything in afterwards in the order of arrival', async () => {
  const time = new VirtualTime();
  const life = process(time);
  const ran: number[] = [];
  time.at(1, () => life.stall(10));
  for (let i = 0; i < 5; i++) time.at(2 + i, () => life.post(() => ran.push(i)));
  time.at(11, () => life.post(() => ran.push(5)));
  time.at(4, () => life.stall(12));
  await time.runUntil(15.9);
  expect(ran).toEqual([]);
  await time.runUntil(20);
  expect(ran).toEqual([0, 1, 2, 3, 4, 5]);
});

test('nothing of a process happens after its end', async () => {
  const time = new VirtualTime();
  const life = process(time);
  let ran = 0;
  life.later(5, () => ran++);
  life.every(1, () => ran++);
  life.stall(3);
  life.post(() => ran++);
  life.end();
  await time.runUntil(100);
  expect(ran).toBe(0);
});
