import { expect, test } from 'vitest';
import { elections } from '../../../src/doctor/checks/elections.ts';
import { NOW_MS, report, withReports } from '../examined.ts';

/** A leader every so many minutes, each after a second without one. */
const every = (minutes: number, count: number, term = (at: number) => at) => ({
  leaderChanges: Array.from({ length: count }, (_, at) => {
    const atMs = NOW_MS - at * minutes * 60_000;
    return [
      { atMs: atMs - 1_000, term: term(at), leader: undefined, leaderlessMs: 0 },
      { atMs, term: term(at), leader: 1, leaderlessMs: 1_000 },
    ];
  }).flat(),
});

test('many elections within the last hour', () => {
  expect(elections(withReports())).toEqual([]);
  expect(elections(withReports(report(1, every(5, 5))))).toEqual([]);
  expect(elections(withReports(report(1), report(2, every(5, 6))))).toMatchObject([
    {
      check: 'elections',
      level: 'advice',
      members: [],
      what: 'Members were elected to lead 6 times within the last hour, and for 6s of it nobody led.',
    },
  ]);
});

test('elections of yesterday, and one that is told twice, are none', () => {
  expect(elections(withReports(report(1, every(30, 40))))).toEqual([]);
  expect(
    elections(
      withReports(
        report(
          1,
          every(1, 40, () => 7),
        ),
      ),
    ),
  ).toEqual([]);
});
