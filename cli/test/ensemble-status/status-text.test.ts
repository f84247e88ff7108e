import { expect, test } from 'vitest';
import { statusJson } from '../../src/ensemble-status/status-json.ts';
import { statusLines } from '../../src/ensemble-status/status-text.ts';
import { coloursOf } from '../../src/output/colours.ts';
import { member, statusOf } from './answers.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 1);

const status = statusOf(
  [
    member(1, {
      lagEntries: 1_234,
      disk: { freeBytes: 5 * 1024 ** 3, room: 0 },
      connections: 12,
      certificates: [
        { listener: 'clients', subject: 'CN=a', endsMs: NOW_MS + 80 * DAY_MS },
        { listener: 'HTTP', subject: 'CN=a', endsMs: NOW_MS + 10.5 * DAY_MS },
      ],
    }),
    member(2, { reason: 'its disk is low', disk: { freeBytes: 1, room: 1 } }),
    member(3, {
      role: 'voter',
      health: 'away',
      reason: 'evil\u001b[31m',
      version: undefined,
      term: undefined,
    }),
  ],
  { state: 'degraded', sessions: 1_000, notes: ['something'] },
);

test('one screen for people', () => {
  expect(statusLines(status, coloursOf(false), NOW_MS)).toEqual([
    '3 members, member 2 leads in term 5: one more failure and writes stop',
    'cluster abc, feature level 2, 1,000 sessions, 5 nodes',
    '',
    ' ID  ROLE        HEALTH     VERSION        TERM     LAG  DISK FREE   CONNS  CERTIFICATE  AT',
    '  1  follower    ready      0.3.0             5   1,234    5.0 GiB      12  10d 12h      zk-1:8080',
    '  2  leader      ready      0.3.0             5       0        1 B       -  -            zk-2:8080',
    '  3  voter       away       -                 -       0          -       -  -            zk-3:8080',
    '',
    'member 2 is ready, but its disk is low',
    'member 3 does not answer at zk-3:8080: evil\\x1b[31m',
    'note: something',
  ]);
});

test('an object for programs, in which what is not known is null', () => {
  expect(statusJson(status)).toMatchObject({
    state: 'degraded',
    leader: 2,
    quorum: { voters: 3, up: 2, needed: 2, margin: 0, text: 'one more failure and writes stop' },
    members: [
      { id: 1, certificates: [{ ends: '2026-03-22T00:00:00.000Z' }, {}], diskFreeBytes: 5_368_709_120 },
      { id: 2, diskRoom: 1 },
      { id: 3, version: null, term: null, lastZxid: null, diskFreeBytes: null, health: 'away' },
    ],
  });
});
