import { expect, test } from 'vitest';
import type { MemberStanding } from '../../src/admin/member-status.ts';
import type { Ask } from '../../src/ensemble-report/ask.ts';
import { askAll } from '../../src/ensemble-report/ensemble-round.ts';
import type { ReportAnswer } from '../../src/ensemble-report/questions.ts';
import { FakeMember } from '../http/fake-member.ts';

const standing = (serverId: number, lagEntries?: number): MemberStanding => ({
  serverId,
  raftId: serverId,
  role: 'follower',
  instance: serverId,
  address: `10.0.0.${serverId}:2888`,
  connected: true,
  ...(lagEntries === undefined ? {} : { lagEntries }),
});

function answer(role: string, term: number, lags: ReportAnswer['lags']): ReportAnswer {
  const status = { ...new FakeMember().state, role, term };
  return { report: { status } as unknown as ReportAnswer['report'], lags };
}

const clock = { monotonicMs: () => 0, wallMs: () => 77 };

/** A round in which each member, by its server id, gives that answer or says nothing. */
function round(answers: Readonly<Record<number, ReportAnswer>>) {
  const members = [standing(1, 3), standing(2), standing(3)];
  const view = { status: () => ({ ...new FakeMember().state, serverId: 1, members }) };
  const ask = (async (serverId: number) => {
    const found = answers[serverId];
    return found === undefined ? { ok: false, why: `nothing of ${serverId}` } : { ok: true, answer: found };
  }) as unknown as Ask;
  return askAll(view, ask, clock);
}

test('every member is there, with its report or with why it has none; lags are those that the leader knows', async () => {
  const { askedMember, atMs, members } = await round({
    1: answer('follower', 7, []),
    2: answer('leader', 7, [
      [1, 10],
      [2, 0],
      [3, 900],
    ]),
  });
  expect([askedMember, atMs]).toEqual([1, 77]);
  expect(
    members.map(({ standing: { serverId, lagEntries }, silent }) => [serverId, lagEntries, silent]),
  ).toEqual([
    [1, 10, undefined],
    [2, 0, undefined],
    [3, 900, 'nothing of 3'],
  ]);
  expect(members.map(({ report }) => report?.status.role)).toEqual(['follower', 'leader', undefined]);
});

test('of two that believe that they lead the newer one is believed; without any the asked member tells what it knows', async () => {
  const both = await round({ 2: answer('leader', 7, [[3, 5]]), 3: answer('leader', 8, [[3, 0]]) });
  expect(both.members[2]!.standing.lagEntries).toBe(0);
  const none = await round({});
  expect(none.members.map(({ standing: { lagEntries } }) => lagEntries)).toEqual([3, undefined, undefined]);
});
