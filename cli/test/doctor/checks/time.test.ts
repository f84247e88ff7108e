import { expect, test } from 'vitest';
import { clocks, eventLoopDelay, slowSyncs } from '../../../src/doctor/checks/time.ts';
import { clockOf } from '../../../src/doctor/examine.ts';
import { parsePrometheusText } from '../../../src/members-http/prometheus-text.ts';
import { answer } from '../../ensemble-status/answers.ts';
import { details, report, withDetails } from '../examined.ts';

const clock = (offsetMs: number, uncertaintyMs = 500) => ({ clock: { offsetMs, uncertaintyMs } });

test('clocks that differ', () => {
  expect(clocks(withDetails())).toEqual([]);
  expect(
    clocks(withDetails(details(1, clock(0)), details(2, clock(5_000)), details(3, clock(-100)))),
  ).toMatchObject([
    { check: 'clocks', members: [3, 2], what: expect.stringContaining('5.1 s ahead of that of member 3') },
  ]);
});

test('clocks that may be right, as far as the answers tell', () => {
  expect(clocks(withDetails(details(1, clock(0)), details(2, clock(1_900))))).toEqual([]);
  expect(clocks(withDetails(details(1, clock(0, 4_000)), details(2, clock(5_000))))).toEqual([]);
});

test('a clock is read from the header Date, which has whole seconds', () => {
  const headers = { date: 'Thu, 01 Jan 2026 00:00:10 GMT' };
  const sentMs = Date.UTC(2026, 0, 1, 0, 0, 10);
  expect(clockOf({ headers, sentMs, receivedMs: sentMs + 200 })).toEqual({
    offsetMs: 400,
    uncertaintyMs: 600,
  });
  expect(clockOf({ headers: {}, sentMs, receivedMs: sentMs })).toBeUndefined();
});

const histogram = (name: string, fast: number, all: number) =>
  parsePrometheusText(
    `${name}_bucket{le="0.01"} ${fast}\n${name}_bucket{le="1"} ${all}\n${name}_bucket{le="+Inf"} ${all}\n${name}_count ${all}\n`,
  );

test.each([
  ['event-loop-delay', eventLoopDelay, 'rookery_event_loop_delay_seconds'],
  ['slow-syncs', slowSyncs, 'rookery_log_sync_seconds'],
] as const)('%s', (check, run, name) => {
  expect(run(withDetails(details(1, { samples: histogram(name, 1_000, 1_001) })))).toEqual([]);
  expect(run(withDetails(details(1, { samples: histogram(name, 900, 1_000) })))).toMatchObject([
    { check, level: 'wrong', members: [1] },
  ]);
  // A hundredth of a few is nothing.
  expect(run(withDetails(details(1, { samples: histogram(name, 0, 10) })))).toEqual([]);
});

test('a member whose HTTP is not reached is told of by what it reported to another one', () => {
  const slow = {
    buckets: [
      { most: 0.01, upTo: 1 },
      { most: 1, upTo: 1_000 },
    ],
    count: 1_000,
    sum: 900,
  };
  const slowReport = (id: number) =>
    report(id, {
      durations: new Map([
        ['logSync', slow],
        ['eventLoopDelay', slow],
      ]),
    });
  const own = details(1, { samples: histogram('rookery_log_sync_seconds', 1_000, 1_000) });
  const examined = { ...withDetails(own), reports: [slowReport(1), slowReport(3)] };
  expect(slowSyncs(examined)).toMatchObject([{ check: 'slow-syncs', members: [3] }]);
  expect(eventLoopDelay(examined)).toMatchObject([{ check: 'event-loop-delay', members: [3] }]);
});

test('slow syncs of ZooKeeper', () => {
  const slow = { ...answer(1), metrics: { cnt_fsynctime: 500, p99_fsynctime: 300 } };
  expect(slowSyncs(withDetails(details(1, { answer: slow })))).toMatchObject([{ check: 'slow-syncs' }]);
});
