import { describe, expect, test } from 'vitest';
import type { EnsembleReport } from '../../../server/src/http/window/shapes.ts';
import { leaderOf, verdict } from '../../ensemble/verdict.js';
import { AWAY, ensembleOf, NOW_MS } from './made-report.ts';

const DAY_MS = 86_400_000;
const leaderless = { status: { role: 'candidate' as const, leader: 0 }, ready: false };
const follower = { status: { role: 'follower' as const, leader: 9 } };

function certificateEnding(days: number) {
  const notAfter = new Date(NOW_MS + days * DAY_MS + 1000).toISOString();
  return { listener: 'clients', serial: '1', subject: 's', issuer: 'i', notAfter, trusted: [] };
}

function limitAt(used: number) {
  return {
    name: 'limits.connections',
    what: 'connections of clients',
    used,
    most: 100,
    unit: 'count' as const,
  };
}

describe('the verdict', () => {
  test.each<[string, EnsembleReport, string, RegExp]>([
    [
      'three in step',
      ensembleOf([{}, {}, {}]),
      'good',
      /^All members are in step; one voter may fail without harm\.$/,
    ],
    ['five in step', ensembleOf([{}, {}, {}, {}, {}]), 'good', /2 voters may fail without harm/],
    ['two', ensembleOf([{}, {}]), 'good', /; one failure and writes stop\.$/],
    ['one alone', ensembleOf([{}]), 'good', /its disk is the only copy/],
    [
      'one away',
      ensembleOf([{}, AWAY, {}]),
      'warn',
      /^Member 2 is not connected; one more failure and writes stop\.$/,
    ],
    [
      'one away of five',
      ensembleOf([{}, AWAY, {}, {}, {}]),
      'warn',
      /one voter more may fail before writes stop/,
    ],
    [
      'two away of five',
      ensembleOf([{}, AWAY, AWAY, {}, {}]),
      'warn',
      /^Members 2 and 3 are not connected; one more failure/,
    ],
    ['most away', ensembleOf([{}, AWAY, AWAY]), 'warn', /too few voters are in reach/],
    [
      'an election',
      ensembleOf([leaderless, leaderless, leaderless]),
      'bad',
      /^Nobody leads: an election is under way/,
    ],
    [
      'no quorum',
      ensembleOf([leaderless, AWAY, AWAY]),
      'bad',
      /too few voters are in reach, and writes have stopped/,
    ],
    [
      'a learner away',
      ensembleOf([{}, {}, {}, { ...AWAY, standing: { connected: false, role: 'learner' } }]),
      'warn',
      /^Member 4 is not connected; one voter may fail without harm/,
    ],
    [
      'not ready',
      ensembleOf([{}, { ready: false, status: { reason: 'reads its data' } }]),
      'warn',
      /^Member 2 is not ready: reads its data;/,
    ],
    [
      'far behind',
      ensembleOf([{}, { standing: { lagEntries: 1000 } }, {}]),
      'warn',
      /^Member 2 is catching up/,
    ],
    [
      'connected and silent',
      ensembleOf([{}, { silent: 'slow' }, {}]),
      'warn',
      /^Member 2 does not answer; one voter may fail/,
    ],
    [
      'another state',
      ensembleOf([{}, { status: { differs: { index: 7, own: 'a', theirs: 'b' } } }, {}]),
      'bad',
      /another state than the others since log index 7/,
    ],
    ['little room', ensembleOf([{}, { metrics: { diskRoom: 1 } }, {}]), 'warn', /little room on its disk/],
    [
      'a certificate that ends',
      ensembleOf([{}, { status: { certificates: [certificateEnding(3)] } }, {}]),
      'warn',
      /certificate of member 2 ends in 3 days/,
    ],
    [
      'a certificate that has ended',
      ensembleOf([{ status: { certificates: [certificateEnding(-2)] } }]),
      'warn',
      /certificate of member 1 has ended/,
    ],
    [
      'a certificate for long',
      ensembleOf([{ status: { certificates: [certificateEnding(14)] } }]),
      'good',
      /in order/,
    ],
    [
      'a limit that is near',
      ensembleOf([{}, {}, { limits: [limitAt(90)] }]),
      'warn',
      /member 3 is at 90 % of its limit: connections of clients/i,
    ],
    ['a limit that is not near', ensembleOf([{}, {}, { limits: [limitAt(89)] }]), 'good', /in step/],
  ])('%s', (_, report, tone, headline) => {
    const told = verdict(report);
    expect(told.headline).toMatch(headline);
    expect(told.tone).toBe(tone);
  });

  test('names the gravest thing first and all the others after it', () => {
    const told = verdict(
      ensembleOf([{ metrics: { diskRoom: 2 } }, AWAY, { ready: false, status: { reason: 'waits' } }]),
    );
    expect(told.headline).toMatch(/^Member 2 is not connected/);
    expect(told.notes).toEqual(['Member 3 is not ready: waits.', 'Member 1 has little room on its disk.']);
    expect(told.detail).toBe('Member 1 leads with 2 of 3 voters in reach.');
  });
});

describe('the leader', () => {
  test('is who says so in the newest term', () => {
    expect(leaderOf(ensembleOf([{}, { status: { role: 'leader', term: 4 } }, {}]))).toBe(2);
  });

  test('is whom the asked member follows where that one is silent', () => {
    expect(
      leaderOf(ensembleOf([{ status: { role: 'follower', leader: 3 } }, follower, { silent: 'slow' }])),
    ).toBe(3);
  });

  test('is nobody where the one that is followed says that it leads no longer', () => {
    expect(leaderOf(ensembleOf([{ status: { role: 'follower', leader: 2 } }, follower]))).toBeUndefined();
  });
});
