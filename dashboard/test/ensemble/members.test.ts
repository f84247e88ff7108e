import { describe, expect, test } from 'vitest';
import { createHistory } from '../../ensemble/history.js';
import { nearest } from '../../ensemble/limits.js';
import { lagShare, memberFacts } from '../../ensemble/members.js';
import { factOf } from '../../ensemble/work.js';
import { AWAY, durationsOf, ensembleOf, NOW_MS } from './made-report.ts';

function factsOf(report: ReturnType<typeof ensembleOf>) {
  const history = createHistory();
  const sample = { report, atMs: 0 };
  history.add(sample);
  return memberFacts(sample, history);
}

describe('what is said of a member', () => {
  test('that leads, and of one that follows', () => {
    const notAfter = new Date(NOW_MS + 30.5 * 86_400_000).toISOString();
    const certificate = { listener: 'HTTP', serial: '1', subject: 's', issuer: 'i', notAfter, trusted: [] };
    const [leader, follower] = factsOf(
      ensembleOf([
        {
          metrics: { diskFreeBytes: 2048, connections: 1200 },
          durations: [durationsOf('logSync', [0, 3, 0, 0], { maxMs: 1.5 })],
          status: { certificates: [certificate] },
        },
        { standing: { lagEntries: 1 } },
        {},
      ]),
    );
    expect(leader).toMatchObject({
      role: 'leader',
      isAsked: true,
      about: '1.2.3 · term 3 · up 1 min',
      lag: 'leads',
      readiness: 'ready',
      disk: '2.0 KiB',
      certificate: '30 days',
      clients: '1,200',
      sync: '1.5 ms',
      loop: '–',
      canLead: false,
      isDraining: false,
    });
    expect(follower).toMatchObject({ role: 'follower', lag: '1 entry', certificate: 'none', canLead: true });
  });

  test('that is away: why it is silent, and that it cannot lead', () => {
    expect(factsOf(ensembleOf([{}, AWAY, {}]))[1]).toMatchObject({
      role: 'not connected',
      kind: 'down',
      about: 'host2:2888',
      lag: '–',
      lagShare: undefined,
      readiness: 'not connected',
      readinessTone: 'bad',
      disk: '–',
      certificate: '–',
      canLead: false,
      isDraining: undefined,
    });
  });

  test('that drains or is not ready', () => {
    const [, draining, starting] = factsOf(
      ensembleOf([
        {},
        { ready: false, status: { draining: true } },
        { ready: false, status: { reason: 'reads its data' } },
      ]),
    );
    expect(draining).toMatchObject({
      readiness: 'draining: about to stop',
      canLead: false,
      isDraining: true,
    });
    expect(starting).toMatchObject({ readiness: 'reads its data', readinessTone: 'warn' });
  });

  test('a learner is not asked to lead', () => {
    expect(factsOf(ensembleOf([{}, { standing: { role: 'learner' } }]))[1]?.canLead).toBe(false);
  });
});

test('a lag bar grows with the magnitude, and is never more than full', () => {
  expect([0, 9, 999_999, 1e9].map(lagShare)).toEqual([0, 1 / 6, 1, 1]);
});

describe('limits', () => {
  const limit = (name: string, used: number, most: number) => ({
    name,
    what: name,
    used,
    most,
    unit: 'count' as const,
  });

  test('are told the nearest first, by the member that is nearest, with all members', () => {
    const { members } = ensembleOf([
      { limits: [limit('a', 1, 10), limit('b', 5, 10)] },
      { limits: [limit('a', 9, 10)] },
      { silent: 'slow' },
    ]);
    expect(
      nearest(members).map(({ name, worst, uses }) => [name, worst.serverId, worst.part, uses.length]),
    ).toEqual([
      ['a', 2, 0.9, 2],
      ['b', 1, 0.5, 1],
    ]);
  });

  test('keep their order while they are within a hundredth of each other', () => {
    const order = (first: number, second: number) =>
      nearest(ensembleOf([{ limits: [limit('b', first, 1000), limit('a', second, 1000)] }]).members).map(
        ({ name }) => name,
      );
    expect(order(509, 501)).toEqual(['a', 'b']);
    expect(order(501, 509)).toEqual(['a', 'b']);
  });

  test('that are none are left out', () => {
    expect(nearest(ensembleOf([{ limits: [limit('a', 5, 0)] }]).members)).toEqual([]);
  });
});

test('what all members share is told once, what each has is summed up', () => {
  const reports = ensembleOf([{ metrics: { nodes: 7 } }, { metrics: { nodes: 8 } }, {}]).members.flatMap(
    ({ report }) => report ?? [],
  );
  expect(factOf(reports, { of: 'nodes', isShared: true })).toBe(8);
  expect(factOf(reports, { of: 'nodes', isShared: false })).toBe(15);
  expect(factOf(reports, { of: 'watches', isShared: false })).toBeUndefined();
});
