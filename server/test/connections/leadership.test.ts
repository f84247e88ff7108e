import { Fitness } from 'raft-ts-lite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import { relinquish, transferLeadership } from '../../src/admin/leadership-transfer.ts';
import { memberView } from '../../src/admin/member-view.ts';
import { TransferRefusal } from '../../src/errors/error-codes.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';

let ensemble: TestEnsemble;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3);
});

afterAll(async () => {
  await ensemble.stop();
});

function transfer(from: TestMember, serverId: number) {
  return transferLeadership(from.member, eventLoopScheduler, serverId);
}

function statusOf({ member }: TestMember) {
  return memberView(member, eventLoopScheduler, NOTHING_COUNTED).status();
}

describe('leadership', () => {
  test('goes to the member that is named, and is there when the call returns', async () => {
    for (let round = 0; round < 4; round++) {
      const { leader } = ensemble;
      const target = ensemble.followers[round % 2]!;
      expect(await transfer(leader, target.serverId)).toEqual({ ok: true });
      await until(() => target.leads && !leader.leads);
    }
  });

  test('is awaited by a member that is about to stop where it is on its way already', async () => {
    const { leader } = ensemble;
    const { replica } = leader.member.running!;
    expect(replica.raft.transferLeadership(replica.raft.bestSuccessor)).toBeUndefined();
    replica.wake();
    await relinquish(leader.member, eventLoopScheduler);
    expect(leader.leads).toBe(false);
    await until(() => ensemble.members.some((member) => member.leads));
  });

  test('goes while clients write, and loses none of what they wrote', async () => {
    const client = await ensemble.session(ensemble.followers[0]!);
    await client.ask(() => client.create('/passed-on', '0'));
    const xids: number[] = [];
    let value = 0;
    for (let round = 0; round < 3; round++) {
      const target = ensemble.followers[1]!;
      const done = transfer(ensemble.leader, target.serverId);
      for (let i = 0; i < 30; i++) {
        xids.push(client.set('/passed-on', String(++value)));
        client.flush();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await done;
      await until(() => ensemble.members.some((member) => member.leads));
    }
    for (const xid of xids) expect(await client.reply()).toMatchObject({ xid, err: 0 });
    expect(await client.data('/passed-on')).toBe(String(value));
  });

  test('stays where it is when the call names nobody who can take it, and the answer says why', async () => {
    const { leader } = ensemble;
    const [follower] = ensemble.followers as [TestMember];
    expect(await transfer(follower, leader.serverId)).toMatchObject({
      ok: false,
      code: TransferRefusal.notLeader,
    });
    expect(await transfer(leader, leader.serverId)).toMatchObject({
      ok: false,
      code: TransferRefusal.alreadyLeader,
    });
    expect(await transfer(leader, 99)).toMatchObject({
      ok: false,
      code: TransferRefusal.unknownMember,
      message: 'there is no member 99 in this ensemble',
    });
    expect(ensemble.leader).toBe(leader);
  });

  test('is given up by a leader that is about to stop, and not by anybody else', async () => {
    const { leader } = ensemble;
    await relinquish(ensemble.followers[0]!.member, eventLoopScheduler);
    expect(leader.leads).toBe(true);
    await relinquish(leader.member, eventLoopScheduler);
    await until(() => ensemble.followers.includes(leader) && ensemble.members.some((member) => member.leads));
  });

  test('goes to no member that was drained while another one can take it, and to it again once it is undrained', async () => {
    const fitnessOf = ({ member }: TestMember, other: TestMember) => {
      const id = other.member.running!.identity.raftId;
      return member.running!.replica.raft.peers().find((peer) => peer.id === id)?.fitness;
    };
    for (let round = 0; round < 3; round++) {
      const { leader } = ensemble;
      const [drained, other] = ensemble.followers as [TestMember, TestMember];
      drained.member.draining.start();
      await until(() => fitnessOf(leader, drained) === Fitness.leaving);
      await relinquish(leader.member, eventLoopScheduler);
      await until(() => other.leads);
      drained.member.draining.end();
      await until(() => fitnessOf(other, drained) === Fitness.able);
      expect(await transfer(other, drained.serverId)).toEqual({ ok: true });
      await until(() => drained.leads && !other.leads);
    }
  });

  test('does not go to a member that is not connected', async () => {
    const { leader } = ensemble;
    const [gone] = ensemble.followers as [TestMember];
    await gone.stop();
    await until(() => !leader.member.links.isUp(gone.serverId));
    expect(await transfer(leader, gone.serverId)).toMatchObject({
      ok: false,
      code: TransferRefusal.notConnected,
    });
    await gone.start();
    await ensemble.settled();
  });
});

describe('the status of a member', () => {
  test('is the same view of the ensemble from every member', async () => {
    const { leader } = ensemble;
    await until(() => ensemble.members.every((member) => statusOf(member).leader === leader.serverId));
    for (const member of ensemble.members) {
      const status = statusOf(member);
      expect(status).toMatchObject({
        serverId: member.serverId,
        serving: true,
        caughtUp: true,
        reason: '',
        leader: leader.serverId,
      });
      expect(status.role).toBe(member === leader ? 'leader' : 'follower');
      expect(status.clusterId).toBe(statusOf(leader).clusterId);
      expect(status.members.map(({ serverId, raftId, connected }) => [serverId, raftId, connected])).toEqual([
        [1, 1, true],
        [2, 2, true],
        [3, 3, true],
      ]);
      expect(status.members.filter(({ role }) => role === 'leader').map(({ serverId }) => serverId)).toEqual([
        leader.serverId,
      ]);
    }
  });

  test('shows at the leader who is away, and how far behind a member is', async () => {
    const { leader } = ensemble;
    const [gone] = ensemble.followers as [TestMember];
    await gone.stop();
    await until(() => !leader.member.links.isUp(gone.serverId));
    const client = await ensemble.session(leader);
    for (let i = 0; i < 20; i++) await client.ask(() => client.set('/', String(i)));
    const standing = statusOf(leader).members.find(({ serverId }) => serverId === gone.serverId);
    expect(standing?.connected).toBe(false);
    expect(standing?.lagEntries).toBeGreaterThanOrEqual(20);
    await gone.start();
    await ensemble.settled();
    await until(() => statusOf(ensemble.leader).members.every(({ lagEntries }) => lagEntries === 0));
  });

  test('says nothing of how far behind a member is that the leader has not heard from: it would be the whole log', async () => {
    const [gone, target] = ensemble.followers as [TestMember, TestMember];
    await gone.stop();
    expect(await transfer(ensemble.leader, target.serverId)).toEqual({ ok: true });
    await until(() => target.leads);
    const lagOf = (serverId: number): number | undefined =>
      statusOf(target).members.find((member) => member.serverId === serverId)?.lagEntries;
    await until(() =>
      ensemble.followers.every(({ serverId }) => serverId === gone.serverId || lagOf(serverId) === 0),
    );
    expect(lagOf(gone.serverId)).toBeUndefined();
    await gone.start();
    await ensemble.settled();
    await until(() => lagOf(gone.serverId) === 0);
  });
});
