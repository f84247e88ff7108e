import { expect, test } from 'vitest';
import { Histogram } from '../src/load/histogram.ts';

/** The histogram promises a width of at most 1/128 of the value. */
const TOLERANCE = 1 / 127;

test('an empty histogram has no percentiles', () => {
  const histogram = new Histogram();
  expect(histogram.percentileMicros(0.5)).toBe(0);
  expect(histogram.total).toBe(0);
});

test('values below 256 µs are kept exactly', () => {
  const histogram = new Histogram();
  for (let micros = 1; micros <= 200; micros++) histogram.record(micros);
  expect(histogram.percentileMicros(0.5)).toBe(100);
  expect(histogram.percentileMicros(0.99)).toBe(198);
  expect(histogram.percentileMicros(1)).toBe(200);
});

test('every magnitude up to 2^32 − 1 comes back within a bucket’s width, and never too small', () => {
  for (let value = 1; value < 2 ** 32; value = Math.ceil(value * 1.37)) {
    const histogram = new Histogram();
    histogram.record(value);
    histogram.record(0xffff_ffff);
    const median = histogram.percentileMicros(0.5);
    expect(median).toBeGreaterThanOrEqual(value);
    expect(median).toBeLessThanOrEqual(value * (1 + TOLERANCE));
  }
});

test('percentiles agree with those of the sorted values', () => {
  const histogram = new Histogram();
  const values: number[] = [];
  let random = 12_345;
  for (let i = 0; i < 20_000; i++) {
    random = (random * 48_271) % 0x7fff_ffff;
    const value = Math.floor(10 ** (1 + (random / 0x7fff_ffff) * 5));
    values.push(value);
    histogram.record(value);
  }
  values.sort((a, b) => a - b);
  for (const share of [0.01, 0.5, 0.9, 0.99, 0.999, 1]) {
    const exact = values[Math.ceil(share * values.length) - 1]!;
    expect(histogram.percentileMicros(share)).toBeGreaterThanOrEqual(exact);
    expect(histogram.percentileMicros(share)).toBeLessThanOrEqual(exact * (1 + TOLERANCE));
  }
  expect(histogram.maxMicros).toBe(values[values.length - 1]);
});

test('what is longer than 2^32 µs counts as that', () => {
  const histogram = new Histogram();
  histogram.record(1e12);
  expect(histogram.maxMicros).toBe(0xffff_ffff);
  expect(histogram.percentileMicros(0.5)).toBe(0xffff_ffff);
});
