import { describe, expect, test } from 'vitest';
import { type MembershipStep, membershipStep } from '../../src/decide/membership.ts';
import type { MemberAnswer, MemberStanding, ObservedPod } from '../../src/model/observed.ts';
import { answerOf, clusterOf, observedOf, podOf } from './observed-world.ts';

const CAUGHT_UP = { connected: true, lagEntries: 0 } as const;

function voterOf(serverId: number, more: Partial<MemberStanding> = {}): MemberStanding {
  const ids = { serverId, raftId: serverId, instance: serverId * 10 };
  return { ...ids, ...CAUGHT_UP, role: 'follower', ...more };
}

const learnerOf = (serverId: number, more: Partial<MemberStanding> = {}): MemberStanding =>
  voterOf(serverId, { role: 'learner', ...more });

/** By default the first leads. */
function leaderWith(members: readonly MemberStanding[], leads = members[0]!.serverId): MemberAnswer {
  const all = members.map((member) =>
    member.serverId === leads ? { ...member, role: 'leader' as const } : member,
  );
  return answerOf(leads, 'leader', { leader: leads, configurationIndex: 40, members: all });
}

function next(
  replicas: number,
  members: readonly MemberStanding[],
  { leads, pods = [] }: { leads?: number; pods?: readonly ObservedPod[] } = {},
): ReturnType<typeof membershipStep> {
  return membershipStep(observedOf(clusterOf({ replicas }), { pods }), leaderWith(members, leads));
}

const three = [voterOf(1), voterOf(2), voterOf(3)];
/** A process with an empty disk in the pod of that member. */
const emptyPod = (serverId: number, instance: number): ObservedPod =>
  podOf(serverId - 1, answerOf(serverId, 'joining', { raftId: 0, clusterId: '', instance }));

describe('the change of the membership that is next', () => {
  test('none where everybody is there', () => {
    expect(next(3, three)).toBeUndefined();
  });

  test('who is missing is added as a learner, where it will be found', () => {
    expect(next(3, [voterOf(1), voterOf(3)])).toEqual({
      kind: 'change',
      why: 'scaleUp',
      expectedIndex: 40,
      change: {
        kind: 'add',
        member: {
          serverId: 2,
          host: 'zk-peer-1.ns.svc',
          peerPort: 2888,
          clientHost: 'zk-1.zk-headless.ns.svc',
          clientPort: 2181,
        },
      },
    });
  });

  test('no learner gets a vote before all that are asked for are there and have caught up', () => {
    const behind = { lagEntries: 5_000 };
    expect(next(5, [...three, learnerOf(4)])).toMatchObject({
      change: { kind: 'add', member: { serverId: 5 } },
    });
    expect(next(5, [...three, learnerOf(4), learnerOf(5, behind)])).toEqual({ kind: 'await', members: [5] });
    expect(next(5, [...three, learnerOf(4, { connected: false }), learnerOf(5)])).toEqual({
      kind: 'await',
      members: [4],
    });
    const unheard = { lagEntries: undefined };
    expect(next(5, [...three, learnerOf(4, unheard), learnerOf(5)])).toEqual({ kind: 'await', members: [4] });
    expect(next(5, [...three, learnerOf(4), learnerOf(5)])).toMatchObject({
      why: 'scaleUp',
      change: { kind: 'promote', raftId: 4 },
    });
  });

  test('no vote is given that would leave no majority that is there: a leader has heard from nobody at first', () => {
    const unheard = { lagEntries: undefined };
    const gone = voterOf(4, { connected: false });
    const next5 = (second: MemberStanding) =>
      next(5, [voterOf(1), second, voterOf(3, unheard), gone, learnerOf(5)]);
    expect(next5(voterOf(2, unheard))).toEqual({ kind: 'await', members: [2, 3, 4] });
    expect(next5(voterOf(2))).toMatchObject({ change: { kind: 'promote', raftId: 5 } });
    // The second of two is as needed as the first.
    expect(next(2, [voterOf(1), learnerOf(2)])).toMatchObject({ change: { kind: 'promote', raftId: 2 } });
  });

  test('who is too many goes, the last first', () => {
    expect(next(1, three)).toMatchObject({
      why: 'scaleDown',
      change: { kind: 'remove', raftId: 3, serverId: 3 },
    });
  });

  test('a leader that is too many hands over first, to whom stays and is least behind', () => {
    const members = [voterOf(1, { lagEntries: 4 }), voterOf(2, { lagEntries: 2 }), voterOf(3)];
    expect(next(2, members, { leads: 3 })).toEqual({ kind: 'handOver', to: 2 });
    const gone = { connected: false };
    expect(next(1, [voterOf(1, gone), voterOf(2), voterOf(3)], { leads: 3 })).toEqual({
      kind: 'await',
      members: [1],
    });
  });

  test('nobody goes whose going would leave no majority that is there', () => {
    const away = { connected: false };
    expect(next(1, [voterOf(1, away), voterOf(2), voterOf(3)], { leads: 2 })).toEqual({
      kind: 'await',
      members: [1],
    });
    const five = [voterOf(1), voterOf(2, away), voterOf(3, away), voterOf(4), voterOf(5)];
    expect(next(5, five, { pods: [emptyPod(5, 99)] })).toEqual({ kind: 'await', members: [2, 3] });
    expect(next(3, [voterOf(1), voterOf(2, away), voterOf(3), voterOf(4), voterOf(5)])).toMatchObject({
      change: { kind: 'remove', raftId: 5 },
    });
  });

  test('a member that lost its data is taken out under its old id, and added again under a new one', () => {
    expect(next(3, three, { pods: [emptyPod(2, 99)] })).toMatchObject({
      why: 'replace',
      change: { kind: 'remove', raftId: 2 },
    });
    expect(next(3, [voterOf(1), voterOf(3)], { pods: [emptyPod(2, 99)] })).toMatchObject({
      change: { kind: 'add', member: { serverId: 2 } },
    });
  });

  test('one that waits for its place, or for its grant, has lost nothing', () => {
    const waits = [...three.slice(0, 2), learnerOf(3, { instance: 0, connected: false })];
    expect(next(3, waits, { pods: [emptyPod(3, 99)] })).toEqual({ kind: 'await', members: [3] });
    const admitted = [...three.slice(0, 2), learnerOf(3, { instance: 99, connected: false })];
    expect(next(3, admitted, { pods: [emptyPod(3, 99)] })).toEqual({ kind: 'await', members: [3] });
  });
});

test('from every number of members to every other, with each of them as the leader, it ends with the votes that were asked for, and never has fewer than before and after', () => {
  let walks = 0;
  let changes = 0;
  for (let from = 1; from <= 7; from++) {
    for (let to = 1; to <= 7; to++) {
      for (let leads = 1; leads <= from; leads++) {
        walks++;
        let leader = leads;
        let members = Array.from({ length: from }, (_, at) => voterOf(at + 1));
        let index = 40;
        for (
          let step = next(to, members, { leads: leader });
          step !== undefined;
          step = next(to, members, { leads: leader })
        ) {
          if (++changes > 10_000) throw new Error(`no end from ${from} to ${to}`);
          if (step.kind === 'await')
            throw new Error(`waits for ${step.members.join(', ')} from ${from} to ${to}`);
          if (step.kind === 'handOver') leader = step.to;
          else members = changed(members, step.change, ++index);
          const votes = members.filter(({ role }) => role !== 'learner');
          expect(votes.length).toBeGreaterThanOrEqual(Math.min(from, to));
          expect(votes.map(({ serverId }) => serverId)).toContain(leader);
        }
        expect(members.map(({ serverId, role }) => [serverId, role])).toEqual(
          Array.from({ length: to }, (_, at) => [at + 1, 'follower']),
        );
      }
    }
  }
  console.log(`membership: ${walks} walks, ${changes} changes`);
  expect(changes).toBeGreaterThan(500);
});

/** As the leader makes it. */
function changed(
  members: readonly MemberStanding[],
  change: Extract<MembershipStep, { kind: 'change' }>['change'],
  index: number,
): MemberStanding[] {
  switch (change.kind) {
    case 'add':
      return [...members, learnerOf(change.member.serverId, { raftId: index })].toSorted(
        (a, b) => a.serverId - b.serverId,
      );
    case 'promote':
      return members.map((member) =>
        member.raftId === change.raftId ? { ...member, role: 'follower' } : member,
      );
    case 'remove':
      return members.filter(({ raftId }) => raftId !== change.raftId);
    default:
      return change satisfies never;
  }
}
