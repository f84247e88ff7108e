import { describe, expect, test } from 'vitest';
import { createHistory, ratesAt } from '../../ensemble/history.js';
import { durationsOf, ensembleOf } from './made-report.ts';

function told(atMs: number, reads: readonly (number | undefined)[], instance = 100) {
  const members = reads.map((readsTotal, at) =>
    readsTotal === undefined
      ? { silent: 'slow' }
      : {
          metrics: { readsTotal, writesTotal: 2 * readsTotal },
          durations: [durationsOf('apply', [readsTotal, 0, 0, 0])],
          uptimeMs: 5000 + atMs,
          status: { instance: instance + at },
        },
  );
  return { report: ensembleOf(members), atMs };
}

function historyOf(...samples: readonly ReturnType<typeof told>[]) {
  const history = createHistory();
  for (const sample of samples) history.add(sample);
  return history;
}

describe('rates', () => {
  test('are what a member’s counters grew by per second, and of all members the sum', () => {
    const point = historyOf(told(0, [100, 10]), told(2000, [300, 20]))
      .points()
      .at(-1);
    expect(point && ratesAt(point, 1)).toEqual({ reads: 100, writes: 200 });
    expect(point && ratesAt(point, undefined)).toEqual({ reads: 105, writes: 210 });
  });

  test('go by the clock of the member: an answer may be older than it is late', () => {
    const late = historyOf(told(0, [100]), { ...told(2000, [300]), atMs: 4000 })
      .points()
      .at(-1);
    expect(late && ratesAt(late, 1)).toEqual({ reads: 100, writes: 200 });
    const same = historyOf(told(0, [100]), { ...told(0, [100]), atMs: 500 })
      .points()
      .at(-1);
    expect(same && ratesAt(same, 1)).toBeUndefined();
  });

  test('of a member that was silent or began anew are unknown, not nothing', () => {
    const silent = historyOf(told(0, [100, 10]), told(1000, [300, undefined]))
      .points()
      .at(-1);
    expect(silent && ratesAt(silent, 2)).toBeUndefined();
    expect(silent && ratesAt(silent, undefined)).toEqual({ reads: 200, writes: 400 });
    const anew = historyOf(told(0, [100]), told(1000, [3], 7))
      .points()
      .at(-1);
    expect(anew && ratesAt(anew, undefined)).toBeUndefined();
  });

  test('across a time in which nobody looked are not told', () => {
    expect(historyOf(told(0, [100]), told(60_000, [300])).points()).toEqual([]);
  });

  test('of two minutes are kept', () => {
    const history = createHistory();
    for (let second = 0; second < 500; second++) history.add(told(second * 1000, [second]));
    expect(history.points()).toHaveLength(121);
    expect(history.points()[0]?.atMs).toBe(379_000);
  });
});

describe('the last minute', () => {
  test('begins with the oldest telling of the same process that is not older', () => {
    const history = createHistory();
    for (let second = 0; second <= 90; second++) history.add(told(second * 1000, [second]));
    expect(history.minuteAgo(1)).toMatchObject({ agoMs: 60_000, durations: [{ count: 30 }] });
  });

  test('begins with a new process', () => {
    const history = historyOf(told(0, [5]), told(1000, [9]), told(2000, [1], 7), told(3000, [2], 7));
    expect(history.minuteAgo(1)).toMatchObject({ agoMs: 1000, durations: [{ count: 1 }] });
  });

  test('is not known from one telling, nor of a member that is silent', () => {
    expect(historyOf(told(0, [5])).minuteAgo(1)).toBeUndefined();
    expect(historyOf(told(0, [5]), told(1000, [undefined])).minuteAgo(1)).toBeUndefined();
    expect(createHistory().minuteAgo(1)).toBeUndefined();
  });
});
