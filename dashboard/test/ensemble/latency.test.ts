import { describe, expect, test } from 'vitest';
import { between, heatOf, latencyRows, percentilesOf, together } from '../../ensemble/latency.js';
import { durationsOf } from './made-report.ts';

describe('what came between two tellings', () => {
  test('is counted by the buckets', () => {
    const { counts, count, sumMs } = between(
      durationsOf('apply', [5, 1, 0, 0]),
      durationsOf('apply', [9, 1, 2, 0]),
    );
    expect({ counts, count, sumMs }).toEqual({ counts: [4, 0, 2, 0], count: 6, sumMs: 6 });
  });

  test('has the greatest value where that grew, and else the bound of the highest bucket that was filled', () => {
    const before = durationsOf('apply', [5, 0, 0, 1], { maxMs: 900 });
    expect(between(before, durationsOf('apply', [5, 0, 0, 2], { maxMs: 1200 })).maxMs).toBe(1200);
    expect(between(before, durationsOf('apply', [5, 3, 0, 1], { maxMs: 900 })).maxMs).toBe(2);
    expect(between(before, durationsOf('apply', [5, 0, 0, 2], { maxMs: 900 })).maxMs).toBe(900);
  });

  test('is all of it where the member began anew', () => {
    const now = durationsOf('apply', [1, 1, 0, 0]);
    expect(between(durationsOf('apply', [50, 0, 0, 0]), now)).toBe(now);
    expect(between(durationsOf('apply', [0, 0, 2, 0]), now)).toBe(now);
    expect(between(undefined, now)).toBe(now);
  });
});

describe('percentiles', () => {
  test('are the bounds that a part does not exceed, and never more than the greatest', () => {
    expect(percentilesOf(durationsOf('apply', [90, 9, 0, 1], { maxMs: 70 }))).toEqual({
      p50: 1,
      p90: 1,
      p99: 2,
      p999: 70,
      max: 70,
      count: 100,
    });
    expect(percentilesOf(durationsOf('apply', [0, 0, 5, 0], { maxMs: 2.5 }))).toMatchObject({
      p50: 2.5,
      max: 2.5,
    });
  });

  test('are unknown where nothing happened', () => {
    expect(percentilesOf(durationsOf('apply', [0, 0, 0, 0]))).toBeUndefined();
    expect(percentilesOf(undefined)).toBeUndefined();
  });

  test('of several members count all of them, but those with other bounds', () => {
    const sum = together([
      durationsOf('apply', [1, 0, 0, 0], { maxMs: 1 }),
      durationsOf('apply', [0, 2, 0, 0], { maxMs: 2 }),
      durationsOf('apply', [7, 0], { bounds: [9] }),
    ]);
    expect(sum).toMatchObject({ counts: [1, 2, 0, 0], count: 3, maxMs: 2 });
    expect(together([])).toBeUndefined();
  });
});

describe('the rows', () => {
  const request = (operation: string, counts: readonly number[]) =>
    durationsOf('request', counts, { operation });

  test('are the member’s own work first, then operations by name, over all members, without elections', () => {
    const rows = latencyRows([
      {
        before: [],
        now: [
          request('setData', [1, 0, 0, 0]),
          durationsOf('election', [1, 0, 0, 0]),
          durationsOf('commit', [1, 0, 0, 0]),
        ],
      },
      {
        before: [],
        now: [
          request('create', [0, 0, 1, 0]),
          request('setData', [0, 1, 0, 0]),
          durationsOf('logSync', [1, 0, 0, 0]),
        ],
      },
    ]);
    expect(rows.map(({ title, percentiles }) => [title, percentiles?.count])).toEqual([
      ['Sync of the log', 1],
      ['Commit (by a majority)', 1],
      ['create', 1],
      ['setData', 2],
    ]);
  });

  test('compare each kind with its own past', () => {
    const [row] = latencyRows([
      { before: [request('setData', [4, 0, 0, 0])], now: [request('setData', [4, 0, 3, 0])] },
    ]);
    expect(row?.percentiles).toMatchObject({ p50: 4, count: 3 });
  });
});

test('heat grows with the time, from what nobody notices to what nobody waits for', () => {
  expect([0.2, 1, 2, 5, 8, 20, 80, 400, 9000].map(heatOf)).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7]);
});
