import { describe, expect, test } from 'vitest';
import type { LeaderChange } from '../../../server/src/http/window/shapes.ts';
import { leadership, placed } from '../../ensemble/leadership.js';
import { ensembleOf, NOW_MS } from './made-report.ts';

function change(agoMs: number, term: number, leader: number | null, leaderlessMs = 0): LeaderChange {
  return { atMs: NOW_MS - agoMs, term, leader, leaderlessMs };
}

function lineOf(...changes: readonly (readonly LeaderChange[])[]) {
  const { members } = ensembleOf(changes.map((leaderChanges) => ({ leaderChanges })));
  return leadership(members, NOW_MS).map(({ fromMs, toMs, ...part }) => ({
    ...part,
    from: NOW_MS - fromMs,
    to: NOW_MS - toMs,
  }));
}

describe('who led when', () => {
  test('is put together from all members: the first that knew tells when, the new leader how long nobody led', () => {
    expect(
      lineOf(
        [change(9000, 1, 1), change(5000, 2, 2, 100)],
        [change(8990, 1, 1), change(5010, 2, 2, 310)],
        [change(8980, 1, 1), change(4900, 2, 2, 40)],
      ),
    ).toEqual([
      { kind: 'reign', term: 1, leader: 1, from: 9000, to: 5320, isOn: false },
      { kind: 'gap', term: 2, from: 5320, to: 5010, isOn: false },
      { kind: 'reign', term: 2, leader: 2, from: 5010, to: 0, isOn: true },
    ]);
  });

  test('where the new leader is gone, the others’ shortest time tells: one of them may have been cut off for long', () => {
    const line = lineOf(
      [change(9000, 1, 3), change(5000, 2, 4, 3000)],
      [change(9000, 1, 3), change(4990, 2, 4, 200)],
    );
    expect(line[1]).toMatchObject({ kind: 'gap', from: 5200, to: 5000 });
  });

  test('a handover without a time without a leader leaves no gap', () => {
    expect(lineOf([change(9000, 1, 1), change(5000, 2, 2)]).map(({ kind }) => kind)).toEqual([
      'reign',
      'reign',
    ]);
  });

  test('before the first known leader nothing is known, not even that nobody led', () => {
    expect(lineOf([change(9000, 1, 1, 5000)])).toMatchObject([{ kind: 'reign', from: 9000 }]);
  });

  test('while nobody knows a leader the gap goes on, since the first noticed it', () => {
    expect(
      lineOf([change(9000, 1, 3), change(700, 2, null)], [change(9000, 1, 3), change(800, 1, null)]),
    ).toEqual([
      { kind: 'reign', term: 1, leader: 3, from: 9000, to: 800, isOn: false },
      { kind: 'gap', term: 0, from: 800, to: 0, isOn: true },
    ]);
  });

  test('one member that is cut off alone is no time without a leader', () => {
    expect(lineOf([change(9000, 1, 1)], [change(9000, 1, 1), change(700, 1, null)])).toMatchObject([
      { isOn: true },
    ]);
  });

  test('a member whose clock is wrong is set right by what it says the time is', () => {
    const { members } = ensembleOf([
      { leaderChanges: [change(9000, 1, 1)] },
      {
        nowMs: NOW_MS + 3_600_000,
        leaderChanges: [{ ...change(9010, 1, 1), atMs: NOW_MS + 3_600_000 - 9010 }],
      },
    ]);
    expect(leadership(members, NOW_MS)).toMatchObject([{ fromMs: NOW_MS - 9010 }]);
  });

  test('nothing is told where no member tells', () => {
    expect(lineOf([], [])).toEqual([]);
  });

  test('whatever members say, it ascends, does not overlap and ends now', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let run = 0; run < 300; run++) {
      const told = Array.from({ length: 1 + random(4) }, () =>
        Array.from({ length: random(8) }, () =>
          change(random(10_000) - 500, 1 + random(5), random(4) === 0 ? null : 1 + random(3), random(3000)),
        ),
      );
      const line = lineOf(...told);
      for (const [at, part] of line.entries()) {
        expect(part.from).toBeGreaterThanOrEqual(part.to);
        if (at > 0) expect(line[at - 1]?.to).toBe(part.from);
        expect(part.isOn).toBe(at === line.length - 1);
      }
    }
  });
});

describe('the range that is shown', () => {
  const line = leadership(
    ensembleOf([{ leaderChanges: [change(8000, 1, 1), change(2000, 2, 2, 1000)] }]).members,
    NOW_MS,
  );

  test('leaves out what ended before, and cuts what began before', () => {
    expect(placed(line, NOW_MS, 2500).map(({ part, from, to }) => [part.kind, from, to])).toEqual([
      ['gap', 0, 0.2],
      ['reign', 0.2, 1],
    ]);
    expect(placed(line, NOW_MS, 4000)[0]).toMatchObject({ from: 0, to: 0.25 });
  });
});
