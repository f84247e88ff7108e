import { expect, test } from 'vitest';
import { inTurn, quantile, ratios } from '../src/workloads/in-turn.ts';
import type { ThroughputResult } from '../src/workloads/throughput.ts';

function result(opsPerSecond: number): ThroughputResult {
  return {
    operations: opsPerSecond,
    seconds: 1,
    opsPerSecond,
    p50Ms: 1,
    p99Ms: 1,
    p999Ms: 1,
    maxMs: 1,
    errors: {},
    generatorCores: 0,
    serverCores: 1,
    otherCores: 0,
  };
}

test('two loads take turns, and who comes first changes from pair to pair', async () => {
  const order: string[] = [];
  const load = (name: string, ops: number) => async (at: number) => {
    order.push(`${name}${at}`);
    return result(ops);
  };
  const pairs = await inTurn(3, load('one', 6), load('other', 10));
  expect(order).toEqual(['other0', 'one0', 'one1', 'other1', 'other2', 'one2']);
  expect(pairs.map(({ one, other }) => [one.opsPerSecond, other.opsPerSecond])).toEqual(
    Array.from({ length: 3 }, () => [6, 10]),
  );
});

test('ratios are of neighbours: a machine that slows down strikes both', () => {
  const pairs = [100, 50, 200, 10, 400].map((speed) => ({
    one: result(speed * 0.6),
    other: result(speed),
  }));
  const { median, low, high } = ratios(pairs, ({ opsPerSecond }) => opsPerSecond);
  for (const value of [median, low, high]) expect(value).toBeCloseTo(0.6);
});

test('a quantile between two values is as far between them', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([3, 1, 2], 0.25)).toBe(1.5);
  expect(quantile([7], 0.75)).toBe(7);
});
