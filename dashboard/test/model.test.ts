import { describe, expect, test } from 'vitest';
import { roundedTop } from '../ensemble/drawing.js';
import {
  type Answer,
  bytes,
  count,
  lagShare,
  millis,
  perSecond,
  rate,
  requestsPerSecond,
  type Self,
  type Standing,
  syncMs,
  verdict,
} from '../ensemble/model.js';

function answer(
  members: readonly Partial<Standing>[],
  self: Partial<Self> = {},
  metrics: Readonly<Record<string, number>> = {},
): Answer {
  return {
    version: '1.2.3',
    self: {
      serverId: 1,
      clusterId: 'c',
      role: 'leader',
      term: 1,
      leader: 1,
      lastZxid: 1,
      appliedIndex: 1,
      commitIndex: 1,
      ready: true,
      reason: '',
      ...self,
    },
    members: members.map((member, place) => ({
      serverId: place + 1,
      raftId: place + 1,
      role: place === 0 ? 'leader' : 'follower',
      address: `h:${place}`,
      lagEntries: 0,
      connected: true,
      ...member,
    })),
    metrics,
  };
}

function withoutLeader(members: readonly Partial<Standing>[]): Answer {
  const { leader: _leader, ...rest } = answer(members).self;
  return { ...answer(members), self: { ...rest, role: 'candidate', ready: false } };
}

describe('the verdict', () => {
  test.each<[string, Answer, string, string, string]>([
    ['all is well', answer([{}, {}, {}]), 'good', 'All members are in step', 'one voter may fail'],
    ['five are well', answer([{}, {}, {}, {}, {}]), 'good', 'All members are in step', '2 voters may fail'],
    [
      'learners do not count',
      answer([{}, {}, {}, { role: 'learner' }]),
      'good',
      'All members are in step',
      'one voter may fail',
    ],
    ['one alone', answer([{}]), 'good', 'In order', 'its disk is the only copy'],
    [
      'one is away',
      answer([{}, {}, { connected: false }]),
      'warn',
      'Member 3 is not connected',
      'no further voter may fail',
    ],
    [
      'one of five is away',
      answer([{}, {}, {}, {}, { connected: false }]),
      'warn',
      'Member 5 is not connected',
      '1 more may fail',
    ],
    [
      'two are away',
      answer([{}, {}, {}, { connected: false }, { connected: false }]),
      'warn',
      'Members 4 and 5 are not connected',
      'no further voter',
    ],
    [
      'one is behind',
      answer([{}, { lagEntries: 1000 }, {}]),
      'warn',
      'Member 2 is catching up',
      'all members are connected',
    ],
    ['the ordinary delay', answer([{}, { lagEntries: 999 }, {}]), 'good', 'All members are in step', ''],
    [
      'it is not ready',
      answer([{}, {}, {}], { ready: false, reason: 'reading the log' }),
      'warn',
      'Member 1 is not ready',
      'Reading the log.',
    ],
    [
      'no leader, a quorum in reach',
      withoutLeader([{}, {}, { connected: false }]),
      'bad',
      'No leader',
      'An election is under way',
    ],
    [
      'no leader, no quorum',
      withoutLeader([{}, { connected: false }, { connected: false }]),
      'bad',
      'No leader',
      'reaches 1 of 3 voters, itself included; 2 are needed',
    ],
  ])('when %s', (_, given, tone, headline, detail) => {
    const told = verdict(given);
    expect([told.tone, told.headline]).toEqual([tone, headline]);
    expect(told.detail).toContain(detail);
  });
});

describe('rates', () => {
  const sample = (
    atMs: number,
    metrics: Readonly<Record<string, number>>,
    members: readonly Partial<Standing>[] = [{}],
  ) => ({
    atMs,
    answer: answer(members, {}, metrics),
  });
  const reads = ({ metrics }: Answer): number | undefined => metrics.readsTotal;

  test('are the growth of a counter over the time between two answers', () => {
    expect(perSecond(sample(1000, { readsTotal: 100 }), sample(3000, { readsTotal: 700 }), reads)).toBe(300);
  });

  test.each([
    ['at the first answer', undefined, sample(1, { readsTotal: 5 })],
    ['where the member started anew', sample(1, { readsTotal: 5 }), sample(2, { readsTotal: 1 })],
    ['where no time went by', sample(1, { readsTotal: 5 }), sample(1, { readsTotal: 9 })],
    ['where the counter is unknown', sample(1, {}), sample(2, {})],
  ])('are unknown %s', (_, before, now) => {
    expect(perSecond(before, now, reads)).toBeUndefined();
  });

  test('of this member come from its metrics, of others from what they tell', () => {
    const members = (total: number): readonly Partial<Standing>[] => [{}, { requestsTotal: total }, {}];
    const before = sample(0, { readsTotal: 1, writesTotal: 1 }, members(50));
    const now = sample(1000, { readsTotal: 4, writesTotal: 3 }, members(70));
    expect([1, 2, 3].map((serverId) => requestsPerSecond(before, now, serverId))).toEqual([5, 20, undefined]);
  });

  test('give the mean duration of a sync', () => {
    const before = sample(0, { logSyncsTotal: 10, logSyncSecondsTotal: 1 });
    expect(syncMs(before, sample(500, { logSyncsTotal: 14, logSyncSecondsTotal: 1.002 }))).toBeCloseTo(0.5);
    expect(syncMs(before, sample(500, { logSyncsTotal: 10, logSyncSecondsTotal: 1 }))).toBeUndefined();
    expect(syncMs(before, sample(500, { logSyncsTotal: 14, logSyncSecondsTotal: 1 }))).toBeUndefined();
  });
});

describe('numbers', () => {
  test('are written for people', () => {
    expect([count(1234567), count(undefined), count(null)]).toEqual(['1,234,567', '–', '–']);
    expect([rate(9999), rate(123456), rate(undefined)]).toEqual(['9,999', '123K', '–']);
    expect([bytes(512), bytes(1536), bytes(5 * 1024 ** 3), bytes(undefined)]).toEqual([
      '512 B',
      '1.5 KiB',
      '5.0 GiB',
      '–',
    ]);
    expect([millis(0.213), millis(12.6), millis(undefined)]).toEqual(['0.21 ms', '13 ms', '–']);
  });

  test('make lag bars by magnitude, never beyond their end', () => {
    expect([lagShare(0), lagShare(-1), lagShare(1e9)]).toEqual([0, 0, 1]);
    expect(lagShare(10)).toBeGreaterThan(0);
    expect(lagShare(100_000)).toBeGreaterThan(lagShare(1000));
  });

  test('give the chart a top that is 1, 2 or 5 times a power of ten', () => {
    expect([0, 10, 11, 20, 21, 600, 1000, 99_999].map(roundedTop)).toEqual([
      10, 10, 20, 20, 50, 1000, 1000, 100_000,
    ]);
  });
});
