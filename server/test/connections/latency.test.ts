import { expect, it } from 'vitest';
import { Latency } from '../../src/connections/latency.ts';

it('tells nothing before the first request', () => {
  expect(new Latency().summary()).toEqual({ minMs: 0, avgMs: 0, maxMs: 0 });
});

it('tells least, average and most, in whole milliseconds but for the average', () => {
  const latency = new Latency();
  for (const ms of [2.4, 0.6, 9.5]) latency.record(ms);
  const { minMs, avgMs, maxMs } = latency.summary();
  expect([minMs, maxMs]).toEqual([1, 10]);
  expect(avgMs).toBeCloseTo(12.5 / 3);
});
