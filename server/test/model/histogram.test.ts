import { expect, test } from 'vitest';
import { Histogram } from '../../src/model/histogram.ts';

test('counts each value once, in the first bucket whose bound it does not pass, and sums them', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 11, 1e9]) histogram.observe(value);
  expect([...histogram.counts]).toEqual([2, 2, 2]);
  expect([histogram.count, histogram.sum]).toEqual([6, 1e9 + 23.5]);
});

test('knows its least and its greatest value, and bounds that a part of them does not exceed', () => {
  const histogram = new Histogram([1, 10, 100]);
  expect([histogram.min, histogram.max, histogram.quantile(0.5)]).toEqual([0, 0, 0]);
  for (const value of [3, 2, 50, 200]) histogram.observe(value);
  expect([histogram.min, histogram.max]).toEqual([2, 200]);
  expect([0, 0.5, 0.75, 0.99, 1].map((part) => histogram.quantile(part))).toEqual([1, 10, 100, 200, 200]);
});

test('is never above its greatest value in a quantile', () => {
  const histogram = new Histogram([1, 10]);
  histogram.observe(2);
  expect(histogram.quantile(0.5)).toBe(2);
});

test('adds up to the one that would have seen all values', () => {
  const [one, two, all] = [new Histogram(), new Histogram(), new Histogram()];
  for (const value of [7, 0.3]) {
    one.observe(value);
    all.observe(value);
  }
  for (const value of [0.05, 20_000]) {
    two.observe(value);
    all.observe(value);
  }
  expect(Histogram.sum([one, new Histogram(), two])).toEqual(all);
  expect(Histogram.sum([])).toEqual(new Histogram());
});
