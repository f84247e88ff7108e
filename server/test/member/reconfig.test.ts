import { ErrorCode, type ReconfigRequest, readGetDataReply } from '@rookery/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { configOf, TestEnsemble, TestMember, until } from '../connections/ensemble.ts';
import type { TestClient } from '../connections/test-client.ts';
import { freePort } from '../platform/ports.ts';

const CONFIG = '/zookeeper/config';
/** super:test */
const SUPER_DIGEST = 'super:D/InIHSb7yEEbrWz8b9l71RjZJU=';
const OPEN: Partial<Config> = { reconfigEnabled: true, superDigest: SUPER_DIGEST };

let ensemble: TestEnsemble;

afterEach(async () => {
  await ensemble.stop();
});

async function start(count = 3): Promise<void> {
  ensemble = await TestEnsemble.start(count, OPEN);
}

/** May write /zookeeper/config. */
async function superUser(member: TestMember): Promise<TestClient> {
  const client = await ensemble.session(member);
  expect((await client.ask(() => client.auth('digest', 'super:test'))).err).toBe(ErrorCode.ok);
  return client;
}

const NOTHING: ReconfigRequest = {
  joining: undefined,
  leaving: undefined,
  newMembers: undefined,
  configVersion: -1,
};

interface Reconfigured {
  readonly err: number;
  readonly zxid: number;
  readonly text: string;
  /** What it says of itself. */
  readonly version: number;
  readonly mzxid: number;
}

function ask(client: TestClient, request: Partial<ReconfigRequest>): void {
  client.reconfig({ ...NOTHING, ...request });
}

async function reconfig(client: TestClient, request: Partial<ReconfigRequest>): Promise<Reconfigured> {
  return read(await client.ask(() => ask(client, request)));
}

function read({ err, zxid, record }: Awaited<ReturnType<TestClient['reply']>>): Reconfigured {
  if (err !== 0) return { err, zxid, text: '', version: 0, mzxid: 0 };
  const { data, stat } = readGetDataReply(record);
  const text = Buffer.from(data!).toString();
  return { err, zxid, text, version: versionOf(text), mzxid: stat.mzxid };
}

const versionOf = (text: string): number => Number.parseInt(/version=([0-9a-f]+)$/.exec(text)![1]!, 16);
const idsIn = (text: string): string[] => [...text.matchAll(/^server\.(\d+)=/gm)].map(([, id]) => id!);

async function lineOf(serverId: number, role = 'observer'): Promise<string> {
  return `server.${serverId}=127.0.0.1:${await freePort()}:${await freePort()}:${role};127.0.0.1:${await freePort()}`;
}

/** A process for that line, which knows those of the beginning and itself. */
function processFor(line: string): TestMember {
  const [, id, peerPort, role, clientPort] =
    /^server\.(\d+)=127\.0\.0\.1:(\d+):\d+:(\w+);127\.0\.0\.1:(\d+)$/.exec(line)!;
  const own = {
    serverId: Number(id),
    host: '127.0.0.1',
    peerPort: Number(peerPort),
    clientPort: Number(clientPort),
    role: role === 'observer' ? ('learner' as const) : ('voter' as const),
  };
  const members = [...ensemble.members[0]!.config.members, own];
  const member = new TestMember(configOf(own.serverId, members, OPEN));
  ensemble.members.push(member);
  return member;
}

const textAt = async (client: TestClient): Promise<string> => String(await client.data(CONFIG));

const votersOf = ({ member }: TestMember): number[] => {
  const { configuration } = member.running!.machine;
  return configuration.voters.map((id) => member.serverIdOf(id)!).sort();
};

describe('a reconfig', () => {
  test('that adds an observer is answered by what /zookeeper/config says from then on, on every member, under the zxid that is its version', async () => {
    await start();
    const follower = ensemble.followers[0]!;
    const client = await superUser(follower);
    const watcher = await ensemble.session(ensemble.leader);
    await watcher.ask(() => watcher.get(CONFIG, true));
    const line = await lineOf(4);
    const { err, text, zxid, version, mzxid } = await reconfig(client, { joining: line });
    expect(err).toBe(ErrorCode.ok);
    expect(text).toContain(`${line}\n`);
    expect(idsIn(text)).toEqual(['1', '2', '3', '4']);
    expect([zxid, mzxid]).toEqual([version, version]);
    expect((await watcher.reply()).xid).toBe(-1);
    for (const member of ensemble.members) {
      await until(() => member.member.running!.machine.lastZxid >= version);
      const reader = await ensemble.session(member);
      expect(await textAt(reader)).toBe(text);
    }
  });

  test('of a follower whose client proves who it is just before it, in one go, is permitted', async () => {
    await start();
    const client = await ensemble.session(ensemble.followers[0]!);
    const line = await lineOf(4);
    client.create('/before');
    client.auth('digest', 'super:test');
    ask(client, { joining: line });
    client.create('/behind');
    client.flush();
    const replies = [];
    for (let i = 0; i < 4; i++) replies.push(await client.reply());
    expect(replies.map(({ err }) => err)).toEqual([0, 0, 0, 0]);
    expect(replies[3]!.zxid).toBeGreaterThan(replies[2]!.zxid);
  });

  test('that adds a participant says so at once; it votes once it has come and caught up, and the version stays', async () => {
    await start();
    const client = await superUser(ensemble.leader);
    const line = await lineOf(4, 'participant');
    const { text } = await reconfig(client, { joining: line });
    expect(text).toContain(`${line}\n`);
    expect(votersOf(ensemble.leader)).toEqual([1, 2, 3]);
    const newcomer = processFor(line);
    await newcomer.start();
    await ensemble.settled();
    await until(() => ensemble.members.every((member) => votersOf(member).length === 4));
    expect(await (await ensemble.session(newcomer)).data(CONFIG)).toBe(text);
  });

  test('that names several newcomers is one change for who looks: all of them, under one version', async () => {
    await start();
    const client = await superUser(ensemble.followers[0]!);
    const lines = [await lineOf(4), await lineOf(5, 'participant'), await lineOf(6)];
    const { text, version } = await reconfig(client, { joining: lines.join(',') });
    expect(idsIn(text)).toEqual(['1', '2', '3', '4', '5', '6']);
    const removed = await reconfig(client, { leaving: '4,6', configVersion: version });
    expect(idsIn(removed.text)).toEqual(['1', '2', '3', '5']);
    expect(removed.version).toBeGreaterThan(version);
  });

  test('that takes a follower out leaves it without a say, while the others go on; it can be added again', async () => {
    await start();
    const [gone, stays] = ensemble.followers as [TestMember, TestMember];
    const client = await superUser(stays);
    const before = await textAt(client);
    const line = before.split('\n').find((each) => each.startsWith(`server.${gone.serverId}=`))!;
    const { text } = await reconfig(client, { leaving: String(gone.serverId) });
    expect(idsIn(text)).not.toContain(String(gone.serverId));
    await until(() => votersOf(ensemble.leader).length === 2);
    // Its file names it, and it comes with an empty disk: that is not enough any more.
    await until(() => gone.log.of('warn', "this member's id was removed").length > 0);
    expect((await client.ask(() => client.create('/after'))).err).toBe(ErrorCode.ok);
    expect(await textAt(client)).toBe(text);
    const again = line.replace(/:\d+:participant/, ':7:participant');
    expect((await reconfig(client, { joining: again })).err).toBe(ErrorCode.ok);
    await until(() => votersOf(ensemble.leader).length === 3);
    await ensemble.settled();
  });

  test('may take the leader out: another one leads', async () => {
    await start();
    const { leader } = ensemble;
    const [follower] = ensemble.followers as [TestMember];
    const client = await superUser(follower);
    expect((await reconfig(client, { leaving: String(leader.serverId) })).err).toBe(ErrorCode.ok);
    await until(() => ensemble.members.some((member) => member !== leader && member.leads));
    const others = ensemble.members.filter((member) => member !== leader);
    await until(() => others.every((member) => votersOf(member).length === 2));
  });

  test('makes an observer of a participant, and a participant of an observer, with the address that it says', async () => {
    await start();
    const client = await superUser(ensemble.leader);
    const [follower] = ensemble.followers as [TestMember];
    const lines = (await textAt(client)).split('\n');
    const line = lines.find((each) => each.startsWith(`server.${follower.serverId}=`))!;
    const demoted = line.replace(/:(\d+):(\d+):participant/, (_all, port: string) => `:${port}:1:observer`);
    const { text } = await reconfig(client, { joining: demoted });
    expect(text).toContain(demoted);
    await until(() => votersOf(ensemble.leader).length === 2);
    const back = await reconfig(client, { joining: demoted.replace('observer', 'participant') });
    expect(back.text).toContain(demoted.replace('observer', 'participant'));
    await until(() => votersOf(ensemble.leader).length === 3);
  });

  test('that names all members leaves those it names', async () => {
    await start();
    const client = await superUser(ensemble.leader);
    const kept = [ensemble.leader.serverId, ensemble.followers[0]!.serverId].sort();
    const lines = (await textAt(client)).split('\n').map((line) => `${line};127.0.0.1:1`);
    const named = kept.map((id) =>
      lines
        .find((line) => line.startsWith(`server.${id}=`))!
        .replace(/:(\d+):\d+:/, ':$1:7:')
        .replace(/;[^;]*;/, ';'),
    );
    const { err, text } = await reconfig(client, { newMembers: named.join('\n'), leaving: '9,x' });
    expect(err).toBe(ErrorCode.ok);
    expect(idsIn(text)).toEqual(kept.map(String));
  });

  test('outlives restarts of all members, whatever their files say', async () => {
    await start();
    const client = await superUser(ensemble.leader);
    const observer = await lineOf(4);
    const gone = ensemble.followers[0]!;
    await reconfig(client, { joining: observer });
    const { text } = await reconfig(client, { leaving: String(gone.serverId) });
    await until(() => gone.log.of('warn', "this member's id was removed").length > 0);
    const stay = ensemble.members.filter((member) => member !== gone);
    await Promise.all(ensemble.members.map((member) => member.stop()));
    await Promise.all(ensemble.members.map((member) => member.start()));
    await ensemble.settled(stay);
    const leader = (): TestMember => stay.find((member) => member.leads)!;
    await until(() => leader() !== undefined);
    // What the leader does by itself it does within a few looks: it has seen the one that its file names.
    await until(() => leader().member.links.isUp(gone.serverId));
    const reader = await ensemble.session(leader());
    for (let i = 0; i < 20; i++) expect((await reader.ask(() => reader.create(`/n${i}`))).err).toBe(0);
    expect(await textAt(reader)).toBe(text);
  });

  test('is no obstacle for a member that loses its disk afterwards: it comes back under another id', async () => {
    await start();
    const [lost] = ensemble.followers as [TestMember];
    const client = await superUser(ensemble.leader);
    const { text } = await reconfig(client, { joining: await lineOf(4) });
    await lost.stop();
    const replaced = new TestMember(lost.config);
    ensemble.members.splice(ensemble.members.indexOf(lost), 1, replaced);
    await replaced.start();
    await ensemble.settled();
    await until(() => votersOf(ensemble.leader).length === 3);
    expect(votersOf(ensemble.leader)).toEqual([1, 2, 3]);
    expect(await (await ensemble.session(replaced)).data(CONFIG)).toBe(text);
  });
});

describe('a reconfig is refused, and nothing changes,', () => {
  test.each<[string, number, Partial<ReconfigRequest>]>([
    ['meant for another version', ErrorCode.badVersion, { leaving: '3', configVersion: 12_345 }],
    ['with a line that is none', ErrorCode.badArguments, { joining: 'some thing' }],
    ['with two equals signs', ErrorCode.badArguments, { joining: 'server.4=a=b' }],
    ['without a port for clients', ErrorCode.badArguments, { joining: 'server.4=127.0.0.1:1:2:observer' }],
    ['without a port for elections', ErrorCode.badArguments, { joining: 'server.4=127.0.0.1:1:observer;3' }],
    ['with one port for two', ErrorCode.badArguments, { joining: 'server.4=127.0.0.1:1:1:observer;3' }],
    ['with a role that there is not', ErrorCode.badArguments, { joining: 'server.4=127.0.0.1:1:2:boss;3' }],
    ['with an id that is no number', ErrorCode.marshallingError, { joining: 'server.x=127.0.0.1:1:2;3' }],
    ['of who leaves and is no number', ErrorCode.marshallingError, { leaving: 'three' }],
    ['with an id that no member has', ErrorCode.badArguments, { joining: 'server.999=127.0.0.1:1:2;3' }],
    ['that leaves one participant', ErrorCode.badArguments, { leaving: '2,3' }],
    [
      'with a key that is not taken',
      ErrorCode.badArguments,
      { newMembers: 'server.1=127.0.0.1:1:2;3\nserver.2=127.0.0.1:4:5;6\ngroup.1=1:2' },
    ],
    [
      'whose participants are none of those that vote',
      ErrorCode.newConfigNoQuorum,
      { newMembers: 'server.7=127.0.0.1:1:2;3,server.8=127.0.0.1:4:5;6' },
    ],
    [
      'at an address that another member has',
      ErrorCode.badArguments,
      { joining: 'server.7=10.0.0.1:1:2;3,server.8=10.0.0.1:4:1;3' },
    ],
  ])('%s: %i', async (_what, err, request) => {
    await start();
    const client = await superUser(ensemble.followers[0]!);
    const before = await textAt(client);
    expect((await reconfig(client, request)).err).toBe(err);
    await until(() => !ensemble.leader.member.running!.replica.raft.changeInFlight);
    await until(() => ensemble.leader.member.running!.machine.configuration.contexts.size === 3);
    expect(await textAt(client)).toBe(before);
  });

  test('of who may not write /zookeeper/config, and of who may once it may', async () => {
    await start();
    const line = await lineOf(4);
    const client = await ensemble.session(ensemble.followers[0]!);
    expect((await reconfig(client, { joining: line })).err).toBe(ErrorCode.noAuth);
    const owner = await superUser(ensemble.leader);
    const acl = [{ perms: 3, scheme: 'world', id: 'anyone' }];
    expect((await owner.ask(() => owner.setAcl(CONFIG, acl))).err).toBe(ErrorCode.ok);
    expect((await reconfig(client, { joining: line })).err).toBe(ErrorCode.ok);
  });

  test('while another one is being carried out', async () => {
    await start();
    const clients = [];
    for (const member of ensemble.members) clients.push(await superUser(member));
    const lines = [await lineOf(4), await lineOf(5), await lineOf(6)];
    const more = [await lineOf(7), await lineOf(8), await lineOf(9)];
    const answers = await Promise.all(
      clients.map((client, at) => reconfig(client, { joining: `${lines[at]},${more[at]}` })),
    );
    const errs = answers.map(({ err }) => err);
    expect(errs.filter((err) => err === ErrorCode.ok).length).toBeGreaterThan(0);
    expect(errs.filter((err) => err !== ErrorCode.ok && err !== ErrorCode.reconfigInProgress)).toEqual([]);
    const done = errs.filter((err) => err === ErrorCode.ok).length;
    const last = await textAt(clients[0]!);
    expect(idsIn(last)).toHaveLength(3 + 2 * done);
  });

  test('where it is switched off, or callers of /admin/members decide', async () => {
    for (const changes of [{ reconfigEnabled: false }, { ...OPEN, membership: 'admin' as const }]) {
      ensemble = await TestEnsemble.start(3, { ...OPEN, ...changes });
      const client = await superUser(ensemble.followers[0]!);
      expect((await reconfig(client, { leaving: '3' })).err).toBe(ErrorCode.reconfigDisabled);
      await ensemble.stop();
    }
  });
});
