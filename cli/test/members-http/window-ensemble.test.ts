import { expect, test } from 'vitest';
import { Fields } from '../../src/members-http/fields.ts';
import { windowEnsemble } from '../../src/members-http/window-ensemble.ts';

const member = {
  standing: { serverId: 2 },
  report: {
    version: '0.3.0',
    nowMs: 1_000,
    ready: true,
    status: { serverId: 2, role: 'leader', term: 7, differs: { index: 9, own: 'a', theirs: 'b' } },
    metrics: { diskFreeBytes: 10, diskRoom: 1 },
    durations: [
      { of: 'logSync', bounds: [1, 10], counts: [1, 2, 3], count: 6, sumMs: 100 },
      { of: 'request', operation: 'getData', bounds: [1], counts: [1, 1], count: 2, sumMs: 1 },
    ],
    leaderChanges: [{ atMs: 5, term: 7, leader: null, leaderlessMs: 0 }, { atMs: 'x' }],
    limits: [
      { name: 'heap', what: 'memory', used: 1, most: 2, unit: 'bytes' },
      { name: 'limits.nodes', used: 1 },
    ],
  },
};

test('what the window tells of a member', () => {
  const told = windowEnsemble(new Fields({ members: [member, { standing: {}, silent: 'away' }] }));
  expect(told).toMatchObject([
    {
      serverId: 2,
      self: { role: 'leader', version: '0.3.0', ready: true, term: 7, disk: { freeBytes: 10, room: 1 } },
      nowMs: 1_000,
      limits: [{ name: 'heap', what: 'memory', used: 1, most: 2, isBytes: true }],
      leaderChanges: [{ atMs: 5, term: 7, leader: undefined, leaderlessMs: 0 }],
      differsAt: 9,
    },
  ]);
  expect([...told[0]!.durations]).toEqual([
    [
      'logSync',
      {
        buckets: [
          { most: 0.001, upTo: 1 },
          { most: 0.01, upTo: 3 },
          { most: Number.POSITIVE_INFINITY, upTo: 6 },
        ],
        count: 6,
        sum: 0.1,
      },
    ],
  ]);
});

test.each([[{}], [{ members: 'x' }], [{ members: [null, { report: { status: { serverId: 'x' } } }] }]])(
  '%j tells nothing',
  (answer) => {
    expect(windowEnsemble(new Fields(answer))).toEqual([]);
  },
);
