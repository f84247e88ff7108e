import { afterEach, describe, expect, test } from 'vitest';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import type { MemberStanding } from '../../src/admin/member-standing.ts';
import type { MembershipChange, MembershipResult } from '../../src/admin/member-status.ts';
import { memberView } from '../../src/admin/member-view.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { TestEnsemble, TestMember, until } from '../connections/ensemble.ts';
import { added, newcomer } from './newcomer.ts';

let ensemble: TestEnsemble;

afterEach(async () => {
  await ensemble.stop();
});

const started = async (count: number): Promise<TestEnsemble> => {
  ensemble = await TestEnsemble.start(count, { membership: 'admin' });
  return ensemble;
};

const viewOf = ({ member }: TestMember) => memberView(member, eventLoopScheduler, NOTHING_COUNTED);

function change(asked: MembershipChange, at = ensemble.leader): Promise<MembershipResult> {
  return viewOf(at).changeMembership(asked, viewOf(at).status().configurationIndex);
}

/** It has to succeed. @returns the member's Raft id */
async function changed(asked: MembershipChange): Promise<number> {
  const result = await change(asked);
  expect(result).toMatchObject({ ok: true });
  return result.ok ? result.raftId : 0;
}

const standings = (): readonly MemberStanding[] => viewOf(ensemble.leader).status().members;
const standingOf = (serverId: number): MemberStanding | undefined =>
  standings().find((member) => member.serverId === serverId);

async function promoted(raftId: number): Promise<void> {
  let result: MembershipResult | undefined;
  await until(
    () => result?.ok === true,
    () => JSON.stringify(result),
    async () => {
      result = await change({ kind: 'promote', raftId });
    },
  );
}

describe('a membership that callers decide on', () => {
  test('grows from one to three and shrinks again while a client writes, and nobody restarts', async () => {
    await started(1);
    const [first] = ensemble.members as [TestMember];
    const client = await ensemble.session(first);
    await client.ask(() => client.create('/kept', '0'));
    const ids: number[] = [];
    for (const serverId of [2, 3]) {
      const member = await newcomer(ensemble, serverId);
      const raftId = await changed(added(member));
      expect(standingOf(serverId)).toMatchObject({ raftId, role: 'learner', connected: false });
      await member.start();
      await ensemble.settled([member]);
      await promoted(raftId);
      await client.ask(() => client.set('/kept', String(serverId)));
      ids.push(raftId);
    }
    expect(
      standings()
        .map(({ role }) => role)
        .toSorted(),
    ).toEqual(['follower', 'follower', 'leader']);
    // A majority of three takes no single member: the others hold what was written.
    await until(() => ensemble.members.every(({ member }) => member.clients.serving));
    for (const raftId of ids.toReversed()) await changed({ kind: 'remove', raftId });
    await client.ask(() => client.set('/kept', 'alone'));
    expect(standings().filter(({ raftId }) => raftId !== 0)).toHaveLength(1);
    expect(first.fatal).toBeUndefined();
  });

  test('a member that lost its disk is not taken in again by itself, and comes back under a new id once callers have replaced it', async () => {
    await started(3);
    const [lost] = ensemble.followers as [TestMember];
    const former = standingOf(lost.serverId)!.raftId;
    await lost.stop();
    const again = new TestMember(lost.config);
    ensemble.members[ensemble.members.indexOf(lost)] = again;
    await again.start();
    await until(() => standingOf(lost.serverId)?.connected === true);
    await until(() => again.member.reason.includes('this member has no data'));
    expect(standingOf(lost.serverId)?.raftId).toBe(former);

    await changed({ kind: 'remove', raftId: former });
    const raftId = await changed(added(again));
    expect(raftId).toBeGreaterThan(former);
    await ensemble.settled([again]);
    await promoted(raftId);
    expect(again.member.running?.identity.raftId).toBe(raftId);
  });

  test('who was removed is told of no more, though the files of the others still name it', async () => {
    await started(3);
    const [gone, other] = ensemble.followers as [TestMember, TestMember];
    const left = [1, 2, 3].filter((serverId) => serverId !== gone.serverId);
    const listedBy = (teller: TestMember): number[] =>
      viewOf(teller)
        .status()
        .members.map(({ serverId }) => serverId);
    await changed({ kind: 'remove', raftId: standingOf(gone.serverId)!.raftId });
    await until(() => [ensemble.leader, other].every((teller) => listedBy(teller).length === 2));
    expect(listedBy(other)).toEqual(left);
    expect(listedBy(ensemble.leader)).toEqual(left);
  });

  test('the process that a place was given to keeps it: another empty one does not get it', async () => {
    await started(3);
    const member = await newcomer(ensemble, 4);
    const raftId = await changed(added(member));
    await member.start();
    await ensemble.settled([member]);
    await member.stop();
    const other = new TestMember(member.config);
    ensemble.members[ensemble.members.indexOf(member)] = other;
    await other.start();
    await until(() => other.member.reason.includes('this member has no data'));
    await until(() => standingOf(4)?.connected === true);
    expect(standingOf(4)).toMatchObject({ raftId, role: 'learner' });
    expect(other.member.running).toBeUndefined();
  });

  test('a voter that is demoted learns on, and a leader that removes itself hands over', async () => {
    await started(3);
    const [follower] = ensemble.followers as [TestMember];
    const raftId = standingOf(follower.serverId)!.raftId;
    await changed({ kind: 'demote', raftId });
    expect(standingOf(follower.serverId)).toMatchObject({ role: 'learner', connected: true });
    await promoted(raftId);
    const { leader } = ensemble;
    await changed({ kind: 'remove', raftId: standingOf(leader.serverId)!.raftId });
    await until(() => ensemble.members.some((member) => member !== leader && member.leads));
  });

  test('a member is reached where it has moved to', async () => {
    await started(3);
    const [follower] = ensemble.followers as [TestMember];
    const address = { host: 'localhost', peerPort: 7, clientHost: 'clients.example', clientPort: 8 };
    await changed({ kind: 'move', raftId: standingOf(follower.serverId)!.raftId, address });
    const context = [...ensemble.leader.member.running!.replica.raft.configuration.contexts.values()];
    expect(context.map((text) => JSON.parse(text) as object)).toContainEqual(
      expect.objectContaining({ serverId: follower.serverId, ...address }),
    );
  });
});

describe('a change that is refused', () => {
  test('changes nothing, and says which configuration is in force', async () => {
    await started(3);
    const { leader } = ensemble;
    const [follower] = ensemble.followers as [TestMember];
    const { configurationIndex } = viewOf(leader).status();
    const voter = standingOf(follower.serverId)!.raftId;
    const absent = await newcomer(ensemble, 4);
    ensemble.members.pop();
    const refused = async (asked: MembershipChange, at = leader) => await change(asked, at);
    expect(await refused({ kind: 'promote', raftId: voter })).toMatchObject({ code: 'already-voter' });
    expect(await refused({ kind: 'remove', raftId: 99 })).toMatchObject({ code: 'unknown-member' });
    expect(await refused(added(follower))).toMatchObject({ code: 'already-member' });
    expect(await refused({ kind: 'remove', raftId: voter }, follower)).toMatchObject({ code: 'not-leader' });
    expect(
      await viewOf(leader).changeMembership({ kind: 'remove', raftId: voter }, configurationIndex - 1),
    ).toEqual({
      ok: false,
      code: 'stale-configuration',
      message: expect.any(String),
      configurationIndex,
    });
    expect(viewOf(leader).status().configurationIndex).toBe(configurationIndex);

    const learner = await changed(added(absent));
    expect(await refused({ kind: 'promote', raftId: learner })).toMatchObject({ code: 'not-caught-up' });
    expect(await refused({ kind: 'demote', raftId: learner })).toMatchObject({ code: 'already-learner' });
  });

  test('the last voter stays, and so does every voter without whom those that are there would be no majority', async () => {
    await started(3);
    const [gone, there] = ensemble.followers as [TestMember, TestMember];
    const raftIds = new Map(standings().map((member) => [member.serverId, member.raftId]));
    await gone.stop();
    await until(() => standingOf(gone.serverId)?.connected === false);
    // Of the two that were left one would be away: it could commit nothing.
    expect(await change({ kind: 'remove', raftId: raftIds.get(there.serverId)! })).toMatchObject({
      code: 'no-quorum',
    });
    await changed({ kind: 'remove', raftId: raftIds.get(gone.serverId)! });
    await changed({ kind: 'demote', raftId: raftIds.get(there.serverId)! });
    const { leader } = ensemble;
    expect(await change({ kind: 'remove', raftId: raftIds.get(leader.serverId)! })).toMatchObject({
      code: 'no-quorum',
    });
    ensemble.members.splice(ensemble.members.indexOf(gone), 1);
  });

  test('where the configuration files decide, callers do not', async () => {
    ensemble = await TestEnsemble.start(1);
    expect(await change({ kind: 'remove', raftId: 1 })).toMatchObject({ code: 'membership-by-file' });
  });
});
