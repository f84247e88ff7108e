import type { Client } from '@rookery/client';
import { expect, test } from 'vitest';
import { LatencyCounts } from '../../src/load/latency-counts.ts';
import { isReadAt, load } from '../../src/load/load.ts';

test('percentiles are right to within two percent', () => {
  const counts = new LatencyCounts();
  expect(counts.quantile(0.5)).toBeUndefined();
  for (let ms = 1; ms <= 1_000; ms++) counts.add(ms);
  expect(counts.count).toBe(1_000);
  for (const part of [0.01, 0.5, 0.99]) {
    const value = counts.quantile(part)!;
    expect(value / (part * 1_000)).toBeGreaterThan(0.99);
    expect(value / (part * 1_000)).toBeLessThan(1.021);
  }
});

test.each([0, 1, 33, 90, 100])('of a hundred requests %i read', (mix) => {
  const reads = Array.from({ length: 1_000 }, (_, i) => isReadAt(i, mix)).filter(Boolean);
  expect(reads).toHaveLength(mix * 10);
});

/** A clock that each answer turns on. */
function world(answer: (call: number) => Promise<unknown>) {
  let now = 0;
  let calls = 0;
  const call = (): Promise<unknown> => {
    now += 1;
    return answer(calls++);
  };
  return { client: { get: call, set: call } as unknown as Client, nowMs: () => now };
}

const { signal } = new AbortController();

test('each answer is followed by the next request, until the time is over', async () => {
  const { client, nowMs } = world(async () => undefined);
  const result = await load(
    [client],
    ['/a'],
    { durationMs: 100, depth: 2, value: 8, mix: 50 },
    signal,
    nowMs,
  );
  expect(result.reads.count + result.writes.count).toBeGreaterThan(95);
  expect(result).toMatchObject({ failed: 0, elapsedMs: 100 });
});

test('a server that refuses everything is not asked without end', async () => {
  const { client } = world(() => Promise.reject(new Error('no')));
  const plan = { durationMs: 1_000, depth: 3, value: 8, mix: 50 };
  const result = await load([client], ['/a'], plan, signal, () => 0);
  expect(result.failed).toBeLessThan(1_010);
  expect(result.failure?.message).toBe('no');
  expect(result.reads.count).toBe(0);
});
