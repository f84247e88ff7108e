import { OpCode } from '@rookery/protocol';
import { expect, test } from 'vitest';
import { Latency } from '../../src/connections/latency.ts';

test('tells nothing before the first request', () => {
  expect(new Latency().summary()).toEqual({ minMs: 0, avgMs: 0, maxMs: 0 });
});

test('tells least, average and most, in whole milliseconds but for the average', () => {
  const latency = new Latency();
  for (const ms of [2.4, 0.6, 9.5]) latency.record(OpCode.getData, ms);
  const { minMs, avgMs, maxMs } = latency.summary();
  expect([minMs, maxMs]).toEqual([1, 10]);
  expect(avgMs).toBeCloseTo(12.5 / 3);
});

test('keeps a histogram for each operation, over resets, and none for numbers that no operation has', () => {
  const latency = new Latency();
  latency.record(OpCode.getData, 0.3);
  latency.record(OpCode.create, 7);
  latency.record(OpCode.createSession, 7);
  latency.record(9_999, 7);
  latency.record(-9_999, 7);
  latency.reset();
  latency.record(OpCode.getData, 20_000);
  const all = new Map([...latency.byOperation()].map(([op, { count, sum }]) => [op, [count, sum]]));
  expect(all).toEqual(
    new Map([
      [OpCode.createSession, [1, 7]],
      [OpCode.create, [1, 7]],
      [OpCode.getData, [2, 20_000.3]],
    ]),
  );
});
