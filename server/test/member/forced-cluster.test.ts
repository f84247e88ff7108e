import { ErrorCode, readGetDataReply } from '@rookery/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { NOTHING_COUNTED } from '../../sim/nothing-counted.ts';
import type { ForceResult } from '../../src/admin/member-status.ts';
import { memberView } from '../../src/admin/member-view.ts';
import type { Config } from '../../src/config/config.ts';
import { eventLoopScheduler } from '../../src/platform/machine.ts';
import { forceMember } from '../../src/storage/force-member.ts';
import { configOf, TestEnsemble, TestMember, until } from '../connections/ensemble.ts';
import type { TestClient } from '../connections/test-client.ts';
import { LoneMember, threeVoters } from './lone-member.ts';

let ensemble: TestEnsemble;

afterEach(async () => {
  await ensemble.stop();
});

const viewOf = ({ member }: TestMember) => memberView(member, eventLoopScheduler, NOTHING_COUNTED);
const statusOf = (member: TestMember) => viewOf(member).status();
const raftOf = ({ member }: TestMember) => member.running!.replica.raft;

function force(member: TestMember, lastIndex = statusOf(member).lastLogIndex): Promise<ForceResult> {
  return viewOf(member).forceNewCluster(member.serverId, lastIndex);
}

/** Three members of which one is left; the others are stopped, with their data. */
async function oneOfThree(
  changes: Partial<Config> = {},
): Promise<{ survivor: TestMember; former: TestMember[] }> {
  ensemble = await TestEnsemble.start(3, changes);
  const { leader, followers } = ensemble;
  const [survivor, other] = followers as [TestMember, TestMember];
  const client = await ensemble.session(survivor);
  expect((await client.ask(() => client.create('/kept', 'before'))).err).toBe(0);
  const former = [leader, other];
  for (const member of former) await member.stop();
  ensemble.members.splice(0, 3, survivor);
  await until(() => !survivor.member.standing(survivor.member.running!).isLed);
  return { survivor, former };
}

async function read(client: TestClient): Promise<string> {
  const { data } = readGetDataReply((await client.ask(() => client.get('/kept'))).record);
  return Buffer.from(data!).toString();
}

/** Its process comes back with another disk, an empty one. */
async function cameEmpty({ config }: TestMember): Promise<TestMember> {
  const member = new TestMember(config);
  ensemble.members.push(member);
  await member.start();
  return member;
}

describe('a new cluster out of a survivor', () => {
  test('leads by itself, keeps what was written, and takes the others in as new members', async () => {
    const { survivor, former } = await oneOfThree();
    const { lastZxid, lastLogIndex, term } = statusOf(survivor);
    const made = await force(survivor);
    expect(made).toEqual({ ok: true, recovery: 1, index: lastLogIndex + 1, term: expect.any(Number) });
    expect(made.ok && made.term).toBeGreaterThan(term);
    await ensemble.settled();
    expect(statusOf(survivor)).toMatchObject({ role: 'leader', recovery: 1, serving: true });
    const client = await ensemble.session(survivor);
    expect(await read(client)).toBe('before');
    expect((await client.ask(() => client.set('/kept', 'after'))).err).toBe(0);
    // Clients that saw writes which are lost are not refused for what they saw.
    expect(statusOf(survivor).lastZxid).toBeGreaterThan(lastZxid + 2 ** 40);

    const empty: TestMember[] = [];
    for (const member of former) empty.push(await cameEmpty(member));
    const isVoter = (member: TestMember): boolean =>
      raftOf(member).configuration.voters.length === 3 && !statusOf(member).changing;
    await until(
      () => [survivor, ...empty].every((member) => member.member.running !== undefined && isVoter(member)),
      () => JSON.stringify(statusOf(survivor)),
    );
    await ensemble.settled();
    for (const member of empty) {
      expect(statusOf(member).raftId).toBeGreaterThan(lastLogIndex);
      expect(statusOf(member).recovery).toBe(1);
      expect(raftOf(member).configuration.recovery?.number).toBe(1);
    }
    // A majority without the survivor elects a leader of the same cluster, also after starts.
    await survivor.stop();
    for (const member of empty) {
      await member.stop();
      await member.start();
    }
    await ensemble.settled(empty);
    expect(statusOf(empty[0]!).recovery).toBe(1);
    ensemble.members.splice(0, 1);
  });

  test('is asked for again without harm: the answer is the same, and after a start, too', async () => {
    const { survivor } = await oneOfThree();
    const seen = statusOf(survivor).lastLogIndex;
    const made = await force(survivor, seen);
    await ensemble.settled();
    expect(await force(survivor, seen)).toEqual(made);
    expect(await force(survivor)).toEqual(made);
    await survivor.stop();
    await survivor.start();
    await ensemble.settled();
    expect(await force(survivor, seen)).toEqual(made);
    expect(statusOf(survivor).recovery).toBe(1);
  });

  test('refuses a former member that comes back with its data, and that one ends and says why', async () => {
    const { survivor, former } = await oneOfThree();
    await force(survivor);
    await ensemble.settled();
    const [back] = former as [TestMember];
    await back.start();
    await until(() => back.fatal !== undefined);
    expect(back.fatal).toMatchObject({ code: 'former-ensemble' });
    expect(back.fatal?.message).toContain(`recovery 1, as member ${survivor.serverId} says`);
    await until(() =>
      survivor.log.lines.some(({ message }) => message.includes('before the forced recovery 1')),
    );
    // It has no part in anything meanwhile.
    expect(statusOf(survivor).members.find(({ serverId }) => serverId === back.serverId)?.connected).toBe(
      false,
    );
    const client = await ensemble.session(survivor);
    expect((await client.ask(() => client.set('/kept', 'after'))).err).toBe(0);
    await back.stop();
  });

  test('and a majority of the former one that comes back hear nothing of one another', async () => {
    const { survivor, former } = await oneOfThree();
    await force(survivor);
    await ensemble.settled();
    for (const member of former) await member.start();
    // Nobody proves who they are here: who has a leader does not end for what anybody could say.
    await until(() => former.some((member) => member.leads || member.fatal !== undefined));
    const { term } = statusOf(survivor);
    await until(() =>
      former.every(({ log }) => log.lines.some(({ message }) => message.includes('without this member'))),
    );
    for (const member of former) {
      expect(statusOf(member).recovery).toBe(0);
      expect(raftOf(member).configuration.contexts.size).toBe(3);
      expect(statusOf(member).term).toBeLessThan(term);
    }
    expect(raftOf(survivor).configuration.voters).toHaveLength(1);
    expect(statusOf(survivor)).toMatchObject({ role: 'leader', term });
    for (const member of former) await member.stop();
  });
});

describe('a survivor that was behind', () => {
  test('keeps what it has, has lost what was acknowledged without it, and refuses no client for what that one saw', async () => {
    ensemble = await TestEnsemble.start(3);
    const { leader, followers } = ensemble;
    const [survivor, other] = followers as [TestMember, TestMember];
    const client = await ensemble.session(leader);
    expect((await client.ask(() => client.create('/with-it', '1'))).err).toBe(0);
    await until(() => statusOf(survivor).appliedIndex === statusOf(leader).appliedIndex);
    await survivor.stop();
    const seen = [];
    for (let number = 0; number < 20; number++)
      seen.push((await client.ask(() => client.create(`/without-it-${number}`))).zxid);
    for (const member of [leader, other]) await member.stop();
    ensemble.members.splice(0, 3, survivor);
    await survivor.start();
    await until(() => survivor.member.running !== undefined);
    await until(() => !survivor.member.standing(survivor.member.running!).isLed);
    expect(await force(survivor)).toMatchObject({ ok: true });
    await ensemble.settled();
    const late = await ensemble.client(survivor);
    // As a client says it that comes back: a member that is behind what it saw would not take it.
    await late.begin({ lastZxidSeen: seen.at(-1)! });
    expect((await late.ask(() => late.exists('/with-it'))).err).toBe(0);
    expect((await late.ask(() => late.exists('/without-it-0'))).err).toBe(ErrorCode.noNode);
    const { err, zxid } = await late.ask(() => late.create('/without-it-0'));
    expect(err).toBe(0);
    expect(zxid).toBeGreaterThan(seen.at(-1)!);
  });
});

test('where members prove who they are, even a majority of the former ensemble ends when it meets the survivor', async () => {
  const peer = { host: '127.0.0.1', secrets: ['a-secret-of-some-length'], takesUnproved: false };
  const { survivor, former } = await oneOfThree({ peer });
  await force(survivor);
  await ensemble.settled();
  const { term } = statusOf(survivor);
  await Promise.all(former.map((member) => member.start()));
  await until(() => former.every(({ fatal }) => fatal !== undefined));
  for (const { fatal } of former) expect(fatal).toMatchObject({ code: 'former-ensemble' });
  expect(statusOf(survivor)).toMatchObject({ role: 'leader', term });
  for (const member of former) await member.stop();
  // Nor do they begin again where they would meet nobody from after it.
  await survivor.stop();
  ensemble.members.splice(0, 1);
  for (const member of former) {
    await expect(member.start()).rejects.toMatchObject({ code: 'former-ensemble' });
    await member.member.stop();
    const data = { disk: member.volume.mount(), storage: { segmentBytes: 1024 * 1024, snapRetainCount: 3 } };
    expect(await forceMember(data, member.serverId, undefined)).toMatchObject({ refused: 'former-ensemble' });
  }
});

describe('a new cluster is refused', () => {
  test('while there is a leader, and at the leader', async () => {
    ensemble = await TestEnsemble.start(3);
    for (const member of ensemble.members)
      expect(await force(member)).toMatchObject({ ok: false, code: 'leader-there' });
    expect(statusOf(ensemble.leader).recovery).toBe(0);
  });

  test('for another member, and for another log than the caller saw; nothing has changed then', async () => {
    const { survivor } = await oneOfThree();
    const { lastLogIndex, term } = statusOf(survivor);
    const other = await viewOf(survivor).forceNewCluster(survivor.serverId + 1, lastLogIndex);
    expect(other).toMatchObject({ ok: false, code: 'other-member' });
    expect(await force(survivor, lastLogIndex - 1)).toMatchObject({
      ok: false,
      code: 'other-log',
      lastLogIndex,
    });
    expect(statusOf(survivor)).toMatchObject({ recovery: 0, lastLogIndex, term });
  });

  test('where a majority is connected, though nobody leads yet', async () => {
    ensemble = new TestEnsemble();
    const addresses = threeVoters.map((address) => ({ ...address, clientPort: 0 }));
    const lone = new LoneMember(configOf(1, addresses, {}));
    await lone.begin();
    // The others answer nothing, so that there is no leader; they are there all the same.
    await lone.tick(200);
    const view = memberView(lone.member, eventLoopScheduler, NOTHING_COUNTED);
    const { lastLogIndex } = view.status();
    expect(lone.raft.leader).toBe(0);
    expect(await view.forceNewCluster(1, lastLogIndex)).toMatchObject({ ok: false, code: 'quorum-there' });
    for (const serverId of [2, 3]) lone.member.linkDown(serverId);
    const made = view.forceNewCluster(1, lastLogIndex);
    await lone.settle();
    expect(await made).toMatchObject({ ok: true, recovery: 1 });
    await lone.member.stop();
  });

  test('of a process without data', async () => {
    const { survivor, former } = await oneOfThree();
    await survivor.stop();
    ensemble.members.splice(0, 1);
    const empty = await cameEmpty(former[0]!);
    expect(await force(empty)).toMatchObject({ ok: false, code: 'no-data' });
  });
});
