import { expect, test } from 'vitest';
import { Queue } from '../src/queue.ts';

test('a queue gives out what was put in, in its order, whatever its size', () => {
  const queue = new Queue<number>();
  let put = 0;
  let taken = 0;
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < 100; i++) queue.push(put++);
    for (let i = 0; i < (round < 100 ? 60 : 120) && queue.length > 0; i++) {
      expect(queue.peek()).toBe(taken);
      expect(queue.shift()).toBe(taken++);
    }
  }
  expect(queue.length).toBe(put - taken);
  expect([...queue]).toEqual(Array.from({ length: put - taken }, (_, i) => taken + i));
  expect(queue.drain().length).toBe(put - taken);
  expect(queue.shift()).toBeUndefined();
});

test('what is put before everything else comes first, in its own order', () => {
  const queue = new Queue<number>();
  for (const item of [0, 3, 4]) queue.push(item);
  expect(queue.shift()).toBe(0);
  queue.unshift([1, 2]);
  expect(queue.drain()).toEqual([1, 2, 3, 4]);
  expect(queue.length).toBe(0);
});
