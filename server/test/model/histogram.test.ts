import { expect, test } from 'vitest';
import { Histogram } from '../../src/model/histogram.ts';

test('counts each value once, in the first bucket whose bound it does not pass, and sums them', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, 1e9]) histogram.observe(value);
  expect([...histogram.counts]).toEqual([2, 2, 2]);
  expect([histogram.count, histogram.sum]).toEqual([6, 1e9 + 23.5]);
});
