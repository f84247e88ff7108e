import type { Recovery } from 'raft-ts-lite';
import { describe, expect, test } from 'vitest';
import { KeptLog } from '../../../../testkit/src/kept-log.ts';
import {
  isOfSameEnsemble,
  provesMembers,
  RecoveryWatch,
} from '../../../src/replica/membership/forced-recovery.ts';
import { FormerEnsemble } from '../../../src/replica/unusable-data.ts';
import { helloOf } from '../hellos.ts';

const recovery: Recovery = { number: 1, survivor: 3, index: 50, term: 2 ** 20 };
const former = helloOf(1, { clusterId: 'c', raftId: 1, started: true, running: true });
const survivor = helloOf(3, { clusterId: 'c', raftId: 3, started: true, running: true, recovery });
const empty = helloOf(4);

function watch(isProved: boolean) {
  const log = new KeptLog();
  const clock = { monotonicMs: () => 1_000, wallMs: () => 1_000 };
  return { log, recoveries: new RecoveryWatch(isProved, { log, clock }) };
}

describe('members from before a forced recovery and from after it', () => {
  test('exchange nothing, whoever asks, and an empty process may become a member of either', () => {
    expect(isOfSameEnsemble(survivor, former)).toBe(false);
    expect(isOfSameEnsemble(former, survivor)).toBe(false);
    expect(isOfSameEnsemble(survivor, empty)).toBe(true);
    expect(isOfSameEnsemble(empty, former)).toBe(true);
    expect(isOfSameEnsemble(survivor, helloOf(5, { ...survivor, raftId: 60 }))).toBe(true);
    // Of other clusters nothing is exchanged in any case, and that is said elsewhere.
    expect(isOfSameEnsemble(survivor, { ...former, clusterId: 'other' })).toBe(true);
  });

  test('say what is to be done with the former one, at the survivor', () => {
    const { log, recoveries } = watch(true);
    expect(recoveries.admits(survivor, former)).toBe(false);
    expect(recoveries.review(false)).toBeUndefined();
    expect(log.lines.map(({ message }) => message)).toEqual([
      'member 1 belongs to the ensemble before the forced recovery 1: nothing is exchanged with it. There, keep a copy of the data folder, empty it, and start the member again; it joins as a new member',
    ]);
  });

  test('of two recoveries say so on both sides, and neither ends', () => {
    const other = { ...former, recovery: { ...recovery, survivor: 1 } };
    for (const [self, met] of [
      [survivor, other],
      [other, survivor],
    ] as const) {
      const { log, recoveries } = watch(true);
      expect(recoveries.admits(self, met)).toBe(false);
      expect(recoveries.review(false)).toBeUndefined();
      expect(log.lines[0]?.message).toContain('comes out of another forced recovery 1 than this member');
    }
  });
});

describe('a former member that meets the survivor', () => {
  test('ends at once where members prove who they are, though it has a leader', () => {
    const { recoveries } = watch(true);
    expect(recoveries.admits(former, survivor)).toBe(false);
    const error = recoveries.review(true);
    expect(error).toBeInstanceOf(FormerEnsemble);
    expect(error?.code).toBe('former-ensemble');
    expect(error?.message).toMatch(/recovery 1, as member 3 says.*keep a copy of the data folder, empty it/);
  });

  test('where anybody can say so, it goes on while a leader counts it in, and ends once none does', () => {
    const { log, recoveries } = watch(false);
    recoveries.admits(former, survivor);
    expect(recoveries.review(true)).toBeUndefined();
    expect(log.lines[0]?.message).toContain('recovered by force without this member');
    expect(recoveries.review(false)).toBeInstanceOf(FormerEnsemble);
  });

  test('goes on once the link is gone over which that was said, or the other one says otherwise', () => {
    const { recoveries } = watch(true);
    recoveries.admits(former, survivor);
    recoveries.parted(survivor.serverId);
    expect(recoveries.review(false)).toBeUndefined();
    recoveries.admits(former, survivor);
    recoveries.admits(former, helloOf(3));
    expect(recoveries.review(false)).toBeUndefined();
  });
});

test('members prove who they are by certificates that each must show, or by a join secret that each must know', () => {
  const peer = { host: '127.0.0.1', secrets: [], takesUnproved: true };
  expect(provesMembers({ peer, tls: {} } as never)).toBe(false);
  expect(provesMembers({ peer, tls: { peer: { mode: 'optional' } } } as never)).toBe(false);
  expect(provesMembers({ peer, tls: { peer: { mode: 'required' } } } as never)).toBe(true);
  expect(provesMembers({ peer: { ...peer, takesUnproved: false }, tls: {} } as never)).toBe(true);
});
