import { readStat } from '@rookery/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { NEXT_BUILD, NEXT_LEVEL } from '../../sim/next-build.ts';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import type { MemberView } from '../../src/admin/member-status.ts';
import { memberView } from '../../src/admin/member-view.ts';
import { FEATURE_LEVELS, rangeOf, tellRange } from '../../src/model/feature-level.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { type Build, THIS_BUILD } from '../../src/replica/build.ts';
import { UnrunnableLevel } from '../../src/replica/unusable-data.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';
import { added, newcomer } from './newcomer.ts';

const OURS = rangeOf(FEATURE_LEVELS);
/** A new cluster begins there. */
const LEVEL = OURS.highest;
const UNRUNNABLE = new UnrunnableLevel(NEXT_LEVEL, OURS);
const SECOND_MS = 1_000;

let ensemble: TestEnsemble;

afterEach(async () => {
  await ensemble.stop();
});

const viewOf = ({ member }: TestMember): MemberView =>
  memberView(member, eventLoopScheduler, NOTHING_COUNTED);
const levelOf = (member: TestMember): number => viewOf(member).status().featureLevel;

/** Three of this build, of which so many are started again, one by one, as the next one. */
async function upgraded(count: number): Promise<void> {
  ensemble = await TestEnsemble.start(3, { membership: 'admin', snapshotEveryBytes: 200_000 });
  for (const member of ensemble.members.slice(0, count)) await install(member, NEXT_BUILD);
}

async function install(member: TestMember, build: Build): Promise<void> {
  await member.stop();
  member.build = build;
  await member.start();
  await ensemble.settled();
}

/** Asks the leader, again where leadership is changing. */
async function raise(level = NEXT_LEVEL): ReturnType<MemberView['raiseFeatureLevel']> {
  for (;;) {
    await until(() => ensemble.members.some((member) => member.leads));
    const result = await viewOf(ensemble.leader).raiseFeatureLevel(level);
    if (result.ok || !['not-leader', 'membership-busy', 'member-away'].includes(result.code)) return result;
  }
}

async function raised(): Promise<void> {
  expect(await raise()).toEqual({ ok: true, featureLevel: NEXT_LEVEL });
  await until(() => ensemble.members.every((member) => levelOf(member) === NEXT_LEVEL));
}

/** ctime of a node that is created now. */
async function createdMs(member: TestMember, path: string): Promise<number> {
  const client = await ensemble.session(member);
  expect((await client.ask(() => client.create(path))).err).toBe(0);
  const { record } = await client.ask(() => client.exists(path));
  return readStat(record).ctime;
}

/** All have applied the same, and are equal. */
async function areEqual(): Promise<void> {
  const machines = () => ensemble.members.map(({ member }) => member.running!.machine);
  await until(() => new Set(machines().map(({ appliedIndex }) => appliedIndex)).size === 1);
  expect(new Set(machines().map((machine) => machine.digest())).size).toBe(1);
}

describe('the feature level of an ensemble', () => {
  test('is raised once all members can run it, and from then on all do what it brings', async () => {
    await upgraded(3);
    expect(ensemble.members.map(levelOf)).toEqual([LEVEL, LEVEL, LEVEL]);
    await raised();
    const ctimes: number[] = [];
    for (const member of ensemble.members) ctimes.push(await createdMs(member, `/by-${member.serverId}`));
    expect(ctimes.map((ctime) => ctime % SECOND_MS)).toEqual([0, 0, 0]);
    await areEqual();
    expect(viewOf(ensemble.leader).metrics().featureLevel).toBe(NEXT_LEVEL);
    // Asked for again nothing happens.
    expect(await raise()).toEqual({ ok: true, featureLevel: NEXT_LEVEL });
    expect(await raise(LEVEL)).toMatchObject({ code: 'not-the-next-level' });
  });

  test('is raised without asking who only proves a version, and who never gets a vote', async () => {
    await upgraded(3);
    const view = viewOf(ensemble.leader);
    const place = { host: '127.0.0.1', peerPort: 1, clientHost: '127.0.0.1', clientPort: 2 };
    const member = { serverId: 255, ...place, provesVersion: true };
    const result = await view.changeMembership({ kind: 'add', member }, view.status().configurationIndex);
    if (!result.ok) throw new Error(result.message);
    expect(view.status().members.find(({ serverId }) => serverId === 255)).toMatchObject({
      role: 'learner',
      provesVersion: true,
    });
    const { raftId, configurationIndex } = result;
    expect(await view.changeMembership({ kind: 'promote', raftId }, configurationIndex)).toMatchObject({
      ok: false,
      code: 'proves-a-version',
    });
    await raised();
  });

  test('stays through restarts of all', async () => {
    await upgraded(3);
    await raised();
    await Promise.all(ensemble.members.map((member) => member.stop()));
    await Promise.all(ensemble.members.map((member) => member.start()));
    await ensemble.settled();
    expect(ensemble.members.map(levelOf)).toEqual([NEXT_LEVEL, NEXT_LEVEL, NEXT_LEVEL]);
    await areEqual();
  });

  test('goes with a snapshot to a member that joins', async () => {
    await upgraded(3);
    await raised();
    const client = await ensemble.session(ensemble.leader);
    const { running, storage } = ensemble.leader.member;
    for (let i = 0; storage!.metrics().firstIndex <= running!.identity.genesis.index + 1; i++)
      await client.ask(() => client.create(`/n${i}`, 'x'.repeat(100_000)));
    const learner = await newcomer(ensemble, 4);
    learner.build = NEXT_BUILD;
    const { configurationIndex } = viewOf(ensemble.leader).status();
    expect(await viewOf(ensemble.leader).changeMembership(added(learner), configurationIndex)).toMatchObject({
      ok: true,
    });
    await learner.start();
    await ensemble.settled();
    expect(learner.member.running?.snapshots.installed).toBe(1);
    expect(levelOf(learner)).toBe(NEXT_LEVEL);
    await areEqual();
  });
});

describe('a new cluster', () => {
  const former: Build = { ...THIS_BUILD, levels: FEATURE_LEVELS.slice(0, 1) };
  const withBuilds = (buildOf: (serverId: number) => Build): Promise<TestEnsemble> =>
    TestEnsemble.start(3, { membership: 'admin' }, {}, undefined, buildOf);

  test('begins at the highest level that all run with whom it begins, and is at it after restarts, too', async () => {
    ensemble = await withBuilds(() => NEXT_BUILD);
    expect(ensemble.members.map(levelOf)).toEqual([NEXT_LEVEL, NEXT_LEVEL, NEXT_LEVEL]);
    expect((await createdMs(ensemble.leader, '/first')) % SECOND_MS).toBe(0);
    await areEqual();
    await Promise.all(ensemble.members.map((member) => member.stop()));
    await Promise.all(ensemble.members.map((member) => member.start()));
    await ensemble.settled();
    expect(ensemble.members.map(levelOf)).toEqual([NEXT_LEVEL, NEXT_LEVEL, NEXT_LEVEL]);
  });

  test.each([1, 3])('begins at the first one where one of them (%i) runs no other', async (old) => {
    ensemble = await withBuilds((serverId) => (serverId === old ? former : NEXT_BUILD));
    expect(ensemble.members.map(levelOf)).toEqual([1, 1, 1]);
    await areEqual();
  });
});

describe('the leader refuses to raise it', () => {
  test('while a member runs a build that cannot, and says which; members tell what each can', async () => {
    await upgraded(2);
    const [, , old] = ensemble.members as [TestMember, TestMember, TestMember];
    expect(await raise()).toEqual({
      ok: false,
      code: 'member-too-old',
      message: `not every member runs level ${NEXT_LEVEL}: member ${old.serverId} runs ${tellRange(OURS)}`,
    });
    for (const member of ensemble.members) {
      await until(() =>
        viewOf(member)
          .status()
          .members.every(({ connected }) => connected),
      );
      const { members, ...self } = viewOf(member).status();
      expect(members.map(({ highestFeatureLevel }) => highestFeatureLevel)).toEqual([
        NEXT_LEVEL,
        NEXT_LEVEL,
        LEVEL,
      ]);
      expect(self).toMatchObject({
        featureLevel: LEVEL,
        lowestFeatureLevel: OURS.lowest,
        highestFeatureLevel: member === old ? LEVEL : NEXT_LEVEL,
      });
    }
    await areEqual();
  });

  test('itself of a build that cannot', async () => {
    await upgraded(0);
    expect(await raise()).toMatchObject({ code: 'member-too-old' });
  });

  test('by more than one, and where it does not lead', async () => {
    await upgraded(3);
    expect(await raise(NEXT_LEVEL + 1)).toMatchObject({ code: 'not-the-next-level' });
    const [follower] = ensemble.followers as [TestMember];
    expect(await viewOf(follower).raiseFeatureLevel(NEXT_LEVEL)).toMatchObject({ code: 'not-leader' });
  });

  test('while a member is away, be it one that has not come yet', async () => {
    await upgraded(3);
    const { leader } = ensemble;
    const [gone] = ensemble.followers as [TestMember];
    await gone.stop();
    await until(() => !leader.member.links.isUp(gone.serverId));
    const asked = () => viewOf(leader).raiseFeatureLevel(NEXT_LEVEL);
    expect(await asked()).toEqual({
      ok: false,
      code: 'member-away',
      message: `not connected: member ${gone.serverId}`,
    });
    await gone.start();
    await ensemble.settled();
    const absent = await newcomer(ensemble, 4);
    ensemble.members.pop();
    const { configurationIndex } = viewOf(leader).status();
    expect(await viewOf(leader).changeMembership(added(absent), configurationIndex)).toMatchObject({
      ok: true,
    });
    await until(() => leader.member.links.isUp(gone.serverId));
    expect(await asked()).toEqual({ ok: false, code: 'member-away', message: 'not connected: member 4' });
    expect(levelOf(leader)).toBe(LEVEL);
  });
});

describe('a member of a build that does not run the level in force', () => {
  test('stops, while the others go on, and comes back as the build that ran before', async () => {
    await upgraded(3);
    await raised();
    const [member] = ensemble.followers as [TestMember];
    const others = ensemble.members.filter((other) => other !== member);
    await member.stop();
    const applied = ensemble.leader.member.running!.machine.appliedIndex;
    member.build = THIS_BUILD;
    await member.start();
    await until(() => member.fatal !== undefined);
    expect(member.fatal).toEqual(UNRUNNABLE);
    expect(member.member.running?.machine.featureLevel ?? LEVEL).toBe(LEVEL);
    expect(member.member.clients.serving).toBe(false);
    for (const other of others) {
      await until(
        () => other.log.of('warn', `member ${member.serverId} runs feature ${tellRange(OURS)}`).length > 0,
      );
      expect(await createdMs(other, `/at-${other.serverId}`)).toBeGreaterThan(0);
    }
    expect(ensemble.leader.member.running!.machine.appliedIndex).toBeGreaterThan(applied);
    await install(member, NEXT_BUILD);
    await areEqual();
    expect(member.fatal).toBeUndefined();
  });

  test('stops by its own data, too, where all were exchanged; nothing is lost', async () => {
    await upgraded(3);
    await raised();
    await createdMs(ensemble.leader, '/kept');
    const digest = ensemble.leader.member.running!.machine.digest();
    await Promise.all(ensemble.members.map((member) => member.stop()));
    for (const member of ensemble.members) member.build = THIS_BUILD;
    await Promise.all(ensemble.members.map((member) => member.start()));
    await until(() => ensemble.members.some(({ fatal }) => fatal !== undefined));
    for (const { fatal } of ensemble.members) if (fatal !== undefined) expect(fatal).toEqual(UNRUNNABLE);
    for (const member of ensemble.members) {
      expect(member.member.running?.machine.featureLevel ?? LEVEL).toBe(LEVEL);
      await member.stop();
      member.build = NEXT_BUILD;
    }
    await Promise.all(ensemble.members.map((member) => member.start()));
    await ensemble.settled();
    expect(digest.endsWith(`@${NEXT_LEVEL}`)).toBe(true);
    const client = await ensemble.session(ensemble.leader);
    expect((await client.ask(() => client.exists('/kept'))).err).toBe(0);
    await areEqual();
  });

  test('is not let in where it is new: its place stays free, and it stops', async () => {
    await upgraded(3);
    await raised();
    const { leader } = ensemble;
    const learner = await newcomer(ensemble, 4);
    const { configurationIndex } = viewOf(leader).status();
    expect(await viewOf(leader).changeMembership(added(learner), configurationIndex)).toMatchObject({
      ok: true,
    });
    await learner.start();
    await until(() => learner.fatal !== undefined);
    expect(learner.fatal).toEqual(UNRUNNABLE);
    await until(() => leader.log.of('warn', `member 4 runs feature ${tellRange(OURS)}`).length > 0);
    const standing = viewOf(leader)
      .status()
      .members.find(({ serverId }) => serverId === 4);
    expect(standing).toMatchObject({ instance: 0, role: 'learner' });
    expect(learner.member.links.self.clusterId).toBe('');
    await learner.stop();
    learner.build = NEXT_BUILD;
    await learner.start();
    await ensemble.settled();
    expect(levelOf(learner)).toBe(NEXT_LEVEL);
  });
});
