import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../src/live-figures/figures.ts';
import { figuresJson, figuresLines, secondsText } from '../../src/live-figures/figures-text.ts';
import { type Histogram, histogramsOf, quantile, since, sumOf } from '../../src/live-figures/histogram.ts';
import { sampleOf } from '../../src/live-figures/member-sample.ts';
import { parsePrometheusText } from '../../src/members-http/prometheus-text.ts';
import { coloursOf } from '../../src/output/colours.ts';
import { answer } from '../ensemble-status/answers.ts';

const histogram = (...upTo: number[]): Histogram => ({
  buckets: [0.001, 0.01, Number.POSITIVE_INFINITY].map((most, i) => ({ most, upTo: upTo[i]! })),
  count: upTo[2]!,
  sum: 0,
});

describe('a histogram', () => {
  test('has the values below which a part of all is', () => {
    expect(quantile(histogram(50, 100, 100), 0.5)).toBeCloseTo(0.001);
    expect(quantile(histogram(50, 100, 100), 0.25)).toBeCloseTo(0.0005);
    expect(quantile(histogram(0, 100, 100), 0.5)).toBeCloseTo(0.0055);
    // Nobody knows how much larger: at least that.
    expect(quantile(histogram(0, 0, 10), 0.5)).toBe(0.01);
    expect(quantile(histogram(0, 0, 0), 0.5)).toBeUndefined();
  });

  test('is that of an interval, or all of it where the member has started anew', () => {
    expect(since(histogram(5, 8, 9), histogram(1, 2, 3))).toEqual(histogram(4, 6, 6));
    expect(since(histogram(1, 1, 1), histogram(5, 8, 9))).toEqual(histogram(1, 1, 1));
    expect(sumOf([histogram(1, 2, 3), histogram(1, 1, 1)])).toEqual(histogram(2, 3, 4));
  });
});

const metrics = (gets: number, creates: number) =>
  parsePrometheusText(`rookery_info{version="1"} 1
rookery_request_seconds_bucket{operation="getData",le="0.001"} ${gets}
rookery_request_seconds_bucket{operation="getData",le="+Inf"} ${gets}
rookery_request_seconds_sum{operation="getData"} 1
rookery_request_seconds_count{operation="getData"} ${gets}
rookery_request_seconds_bucket{operation="create",le="0.001"} 0
rookery_request_seconds_bucket{operation="create",le="0.01"} ${creates}
rookery_request_seconds_bucket{operation="create",le="+Inf"} ${creates}
rookery_request_seconds_sum{operation="create"} 1
rookery_request_seconds_count{operation="create"} ${creates}
rookery_log_sync_seconds_bucket{le="0.01"} ${creates}
rookery_log_sync_seconds_count ${creates}
`);

test('what a member of Rookery did in an interval, by kind', () => {
  const member = answer(2, { sessions: 3, connections: 4, outstanding: 5 });
  expect(histogramsOf(metrics(1, 1), 'rookery_request_seconds', 'operation').size).toBe(2);
  const before = sampleOf(member, 'a:1', metrics(1_000, 10), 0);
  const figures = figuresOf(before, sampleOf(member, 'a:1', metrics(3_000, 20), 2_000));
  expect(figures.all.perSecond).toBe(1_005);
  expect(figures.kinds.get('getData')?.perSecond).toBe(1_000);
  expect(figures.kinds.get('create')?.p50).toBeCloseTo(0.0055);
  expect(figures).toMatchObject({ serverId: 2, role: 'leader', sessions: 3, connections: 4, outstanding: 5 });
  expect(figures.syncP99).toBeCloseTo(0.0099);
  expect(figures.eventLoopDelayP99).toBeUndefined();
  expect(figuresJson(figures)).toMatchObject({
    id: 2,
    opsPerSecond: 1_005,
    kinds: { create: { opsPerSecond: 5 } },
  });
  const lines = figuresLines([figures], coloursOf(false), 0);
  expect(lines.slice(1, 3)).toEqual([
    ' ID  ROLE            OPS/S       P50       P99  WAITING  SYNC P99  LOOP P99  SESSIONS   CONNS',
    '  2  leader          1,005   0.50 ms   0.99 ms        5   9.90 ms         -         3       4',
  ]);
  expect(lines[5]).toMatch(/^ {2}2 {2}getData +1,000 /);
});

test('of ZooKeeper: reads and updates, with the latencies that it tells itself', () => {
  const told = (reads: number) => ({
    ...answer(1),
    metrics: { cnt_readlatency: reads, p50_readlatency: 1, p99_readlatency: 7, cnt_updatelatency: 4 },
  });
  const figures = figuresOf(
    sampleOf(told(10), 'a:1', undefined, 0),
    sampleOf(told(30), 'a:1', undefined, 1_000),
  );
  expect(figures.kinds.get('read')).toEqual({ perSecond: 20, p50: 0.001, p99: 0.007 });
  expect(figures.kinds.has('update')).toBe(false);
  expect(figures.all).toEqual({ perSecond: 20, p50: 0.001, p99: 0.007 });
});

test.each([
  [undefined, '-'],
  [0.00025, '0.25 ms'],
  [0.0123, '12 ms'],
  [1.234, '1.2 s'],
])('%s seconds are %s', (seconds, text) => {
  expect(secondsText(seconds)).toBe(text);
});
