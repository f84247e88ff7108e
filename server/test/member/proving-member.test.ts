import type { Configuration } from 'raft-ts-lite';
import { afterEach, describe, expect, test } from 'vitest';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import type { MemberStatus } from '../../src/admin/member-standing.ts';
import type { MemberView } from '../../src/admin/member-status.ts';
import { memberView } from '../../src/admin/member-view.ts';
import { FEATURE_LEVELS, rangeOf } from '../../src/model/feature-level.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { type Build, THIS_BUILD } from '../../src/replica/build.ts';
import { StateMachine } from '../../src/replica/state-machine.ts';
import type { TreeOptions } from '../../src/tree/tree.ts';
import { configOf, TestEnsemble, TestMember, until } from '../connections/ensemble.ts';
import { freePort } from '../platform/ports.ts';

const PROVER_ID = 255;

let ensemble: TestEnsemble;

afterEach(async () => {
  await ensemble.stop();
});

const viewOf = ({ member }: TestMember): MemberView =>
  memberView(member, eventLoopScheduler, NOTHING_COUNTED);
const statusOf = (member: TestMember): MemberStatus => viewOf(member).status();

/** Reads snapshots amiss. */
class AmissMachine extends StateMachine {
  override adopt(...[loaded, meta, digest]: Parameters<StateMachine['adopt']>): void {
    super.adopt(loaded, meta, `${digest}, as it was taken`);
  }
}

const AMISS_BUILD: Build = {
  levels: FEATURE_LEVELS,
  newMachine: (genesis: Configuration, options: TreeOptions) =>
    new AmissMachine(genesis, options, rangeOf(FEATURE_LEVELS)),
};

/** One more process, for which the leader has a place. */
async function prover(build: Build): Promise<TestMember> {
  const [peerPort, clientPort] = [await freePort(), await freePort()];
  const place = { host: '127.0.0.1', peerPort, clientHost: '127.0.0.1', clientPort };
  const members = [
    ...ensemble.members[0]!.config.members,
    { serverId: PROVER_ID, ...place, role: 'learner' as const },
  ];
  const config = configOf(PROVER_ID, members, { membership: 'admin', provesVersion: true });
  const member = new TestMember(config);
  member.build = build;
  ensemble.members.push(member);
  const view = viewOf(ensemble.leader);
  const change = { kind: 'add', member: { serverId: PROVER_ID, ...place, provesVersion: true } } as const;
  expect(await view.changeMembership(change, view.status().configurationIndex)).toMatchObject({ ok: true });
  return member;
}

/** Until the log no longer begins where the cluster did. */
async function outgrowTheLog(): Promise<void> {
  const client = await ensemble.session(ensemble.leader);
  const { running, storage } = ensemble.leader.member;
  for (let i = 0; storage!.metrics().firstIndex <= running!.identity.genesis.index + 1; i++)
    await client.ask(() => client.create(`/n${i}`, 'x'.repeat(100_000)));
}

describe('a member that proves a version, and is sent a snapshot', () => {
  test('has the digests of the voters from there on, serves nobody and gets no vote', async () => {
    ensemble = await TestEnsemble.start(3, { membership: 'admin', snapshotEveryBytes: 200_000 });
    await outgrowTheLog();
    const member = await prover(THIS_BUILD);
    await member.start();
    await until(() => member.member.running?.snapshots.installed === 1);
    const logged = await viewOf(ensemble.leader).checkpointNow();
    if (!logged.ok) throw new Error(logged.message);
    const own = () => statusOf(member).checkpoints.find(({ index }) => index === logged.index);
    await until(() => own() !== undefined);
    expect(own()?.digest).toBe(logged.digest);
    const { role, serving, reason, differs } = statusOf(member);
    expect({ role, serving, reason, differs }).toEqual({
      role: 'learner',
      serving: false,
      reason: 'it proves a version, and serves no clients',
      differs: undefined,
    });
    const told = () =>
      viewOf(ensemble.leader)
        .checkpoints()
        .find(({ index }) => index === logged.index);
    await until(() => told()?.digests.length === 4);
    expect(told()?.digests.at(-1)).toMatchObject({ serverId: PROVER_ID, digest: logged.digest });
  });

  test('that it reads amiss stays, and names its index, as often as it is started', async () => {
    ensemble = await TestEnsemble.start(3, { membership: 'admin', snapshotEveryBytes: 200_000 });
    await outgrowTheLog();
    const member = await prover(AMISS_BUILD);
    await member.start();
    await until(() => statusOf(member).differs !== undefined);
    const { differs } = statusOf(member);
    expect(differs?.index).toBeGreaterThan(ensemble.leader.member.running!.identity.genesis.index);
    expect(differs?.theirs).toBe(`${differs?.own}, as it was taken`);
    expect(member.fatal).toBeUndefined();
    await member.stop();
    await member.start();
    await until(() => statusOf(member).differs !== undefined);
    expect(statusOf(member).differs).toEqual(differs);
    expect(member.fatal).toBeUndefined();
    const client = await ensemble.session(ensemble.leader);
    expect((await client.ask(() => client.create('/after'))).err).toBe(0);
    expect(ensemble.members.filter(({ fatal }) => fatal !== undefined)).toEqual([]);
  });
});

test('only the leader logs a checkpoint that is asked for', async () => {
  ensemble = await TestEnsemble.start(3, { membership: 'admin' });
  const [follower] = ensemble.followers as [TestMember];
  expect(await viewOf(follower).checkpointNow()).toMatchObject({ ok: false, code: 'not-leader' });
});
