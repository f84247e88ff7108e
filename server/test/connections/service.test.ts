import { CreateMode, ErrorCode, type MultiItem, OPEN_ACL, OpCode, readMultiResults } from '@rookery/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../src/bounds/limits.ts';
import { Room } from '../../src/storage/free-space-monitor.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';

let ensemble: TestEnsemble;

afterEach(async () => {
  await ensemble.stop();
});

async function answerTo(member: TestMember, word: string): Promise<string> {
  const client = await ensemble.client(member);
  client.raw.write(new TextEncoder().encode(word));
  await client.raw.closed();
  return client.raw.received.toString();
}

describe('when the leader goes', () => {
  test('clients of the others keep their connections, and what they asked for meanwhile is answered in order', async () => {
    ensemble = await TestEnsemble.start(3);
    const [one, two] = ensemble.followers as [TestMember, TestMember];
    const client = await ensemble.session(one);
    await client.ask(() => client.create('/kept', '0'));
    const { leader } = ensemble;
    const stopping = leader.stop();
    const xids: number[] = [];
    for (let i = 1; i <= 50; i++) {
      xids.push(client.set('/kept', String(i)));
      client.flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stopping;
    for (const xid of xids) expect(await client.reply()).toMatchObject({ xid, err: ErrorCode.ok });
    const other = await ensemble.session(two);
    await other.ask(() => other.sync());
    expect(await other.data('/kept')).toBe('50');
    await leader.start();
    await ensemble.settled();
    const back = await ensemble.session(leader);
    expect(await back.data('/kept')).toBe('50');
  });
});

describe('a member without a leader', () => {
  test('serves on for a while, then sends its clients away, says so, and serves again when there is a leader', async () => {
    ensemble = await TestEnsemble.start(3, { tickTimeMs: 100, syncLimit: 5 });
    const alone = ensemble.followers[0]!;
    const others = ensemble.members.filter((member) => member !== alone);
    const client = await ensemble.session(alone);
    await client.ask(() => client.create('/before', 'x'));
    await Promise.all(others.map((member) => member.stop()));
    // Reads of what is there need no leader.
    expect(await client.data('/before')).toBe('x');
    client.set('/before', 'never answered');
    client.flush();
    await client.raw.closed();
    expect(alone.member.clients.serving).toBe(false);
    expect(alone.member.reason).toMatch(
      /^no leader for \d+ ms: is a majority of the members up and reachable\?$/,
    );
    expect(await answerTo(alone, 'srvr')).toBe('This ZooKeeper instance is not currently serving requests\n');
    expect(await answerTo(alone, 'ruok')).toBe('imok');
    const turnedAway = await ensemble.client(alone);
    turnedAway.greet().flush();
    await turnedAway.raw.closed();
    expect(turnedAway.raw.receivedBytes).toBe(0);
    await Promise.all(others.map((member) => member.start()));
    await ensemble.settled();
    const again = await ensemble.client(alone);
    expect((await again.attach(client.session)).sessionId).toBe(client.session.id);
  });
});

describe('a disk that is nearly full', () => {
  test('takes no writes and no sessions, says so, and takes them again when there is room', async () => {
    ensemble = await TestEnsemble.start(1);
    const [member] = ensemble.members as [TestMember];
    const client = await ensemble.session(member);
    await client.ask(() => client.create('/room', 'x'));
    await client.ask(() => client.create('/gone', '', CreateMode.ephemeral));
    member.volume.capacityBytes = member.volume.usedBytes() + 1024 * 1024;
    await until(() => member.member.clients.admission.room === Room.exhausted);
    const refused = await client.ask(() => client.create('/more'));
    expect(refused.err).toBe(ErrorCode.systemError);
    expect(await client.data('/room')).toBe('x');
    expect((await client.ask(() => client.sync())).err).toBe(ErrorCode.ok);
    const turnedAway = await ensemble.client(member);
    turnedAway.greet().flush();
    await turnedAway.raw.closed();
    expect(member.member.clients.counters.refused).toBe(2);
    expect(member.log.of('warn', 'nearly full')).toHaveLength(1);
    member.volume.capacityBytes = Number.POSITIVE_INFINITY;
    await until(() => member.member.clients.admission.room === Room.ample);
    expect((await client.ask(() => client.create('/more'))).err).toBe(ErrorCode.ok);
    expect((await client.ask(() => client.leave())).err).toBe(ErrorCode.ok);
  });

  test('still ends sessions: their ephemeral nodes go', async () => {
    ensemble = await TestEnsemble.start(1);
    const [member] = ensemble.members as [TestMember];
    const client = await ensemble.session(member);
    await client.ask(() => client.create('/gone', '', CreateMode.ephemeral));
    member.volume.capacityBytes = member.volume.usedBytes() + 1024 * 1024;
    await until(() => member.member.storage?.spaceLow() === true);
    expect((await client.ask(() => client.leave())).err).toBe(ErrorCode.ok);
    expect(member.member.running?.machine.tree.ephemeralCount).toBe(0);
  });

  test('of so many members that those with room are no majority: writes and sessions of all clients are refused', async () => {
    ensemble = await TestEnsemble.start(3);
    const { leader } = ensemble;
    const [one, two] = ensemble.followers as [TestMember, TestMember];
    const client = await ensemble.session(one);
    const leaving = await ensemble.session(two);
    await client.ask(() => client.create('/room', 'x'));
    await leaving.ask(() => leaving.create('/gone', '', CreateMode.ephemeral));
    for (const { volume } of [leader, two]) volume.capacityBytes = volume.usedBytes() + 1024 * 1024;
    for (const { member } of [leader, one, two])
      await until(() => member.clients.admission.room === Room.exhausted);
    const before = leader.member.clients.executor.tree.digest();
    for (const refused of [
      await client.ask(() => client.create('/more')),
      await client.ask(() => client.set('/room', 'y')),
    ])
      expect(refused.err).toBe(ErrorCode.systemError);
    const turnedAway = await ensemble.client(one);
    turnedAway.greet().flush();
    await turnedAway.raw.closed();
    expect(one.log.of('warn', 'the disks of too many members are nearly full')).toHaveLength(1);
    expect(leader.member.clients.executor.tree.digest()).toBe(before);
    // What makes room is taken, wherever it is asked for.
    expect((await leaving.ask(() => leaving.remove('/gone'))).err).toBe(ErrorCode.ok);
    await leaving.ask(() => leaving.sync());
    // Reads need no disk, and sessions still end.
    expect(await client.data('/room')).toBe('x');
    expect((await client.ask(() => client.sync())).err).toBe(ErrorCode.ok);
    expect((await leaving.ask(() => leaving.leave())).err).toBe(ErrorCode.ok);
    expect(two.member.running?.machine.tree.ephemeralCount).toBe(0);
    leader.volume.capacityBytes = Number.POSITIVE_INFINITY;
    await until(() => one.member.clients.admission.room === Room.ample);
    expect((await client.ask(() => client.create('/more'))).err).toBe(ErrorCode.ok);
  });
});

function limitsWith(changes: Partial<Limits>): Limits {
  return { ...DEFAULT_LIMITS, ...changes };
}

describe('limits', () => {
  test('on sessions: one more is turned away, and may come when another has ended', async () => {
    // As many connections as sessions, as the relation between the two asks for: there is room for more where some were lost.
    ensemble = await TestEnsemble.start(1, { limits: limitsWith({ sessions: 6, connections: 6 }) });
    const [member] = ensemble.members as [TestMember];
    const clients = [];
    for (let i = 0; i < 6; i++) clients.push(await ensemble.session(member));
    const lost = clients.slice(0, 4);
    for (const client of lost) client.close();
    await until(() => member.member.clients.counters.connections === 2);
    const tooMuch = await ensemble.client(member);
    tooMuch.greet().flush();
    await tooMuch.raw.closed();
    expect(member.log.of('warn', 'there are limits.sessions (6) sessions')).toHaveLength(1);
    // One that exists may always come back.
    const back = await ensemble.client(member);
    expect((await back.attach(lost[0]!.session)).sessionId).toBe(lost[0]!.session.id);
    await back.ask(() => back.leave());
    const next = await ensemble.client(member);
    expect((await next.begin()).sessionId).toBeGreaterThan(0);
  });

  test('on nodes: no more are created until one is gone, and those that are there may change', async () => {
    ensemble = await TestEnsemble.start(1, { limits: limitsWith({ nodes: 8 }) });
    const client = await ensemble.session(ensemble.members[0]!);
    const codes: number[] = [];
    for (let i = 0; i < 8; i++) codes.push((await client.ask(() => client.create(`/n${i}`))).err);
    const taken = codes.indexOf(ErrorCode.systemError);
    expect(taken).toBeGreaterThan(0);
    expect(new Set(codes.slice(taken))).toEqual(new Set([ErrorCode.systemError]));
    expect((await client.ask(() => client.set('/n0', 'changed'))).err).toBe(ErrorCode.ok);
    expect((await client.ask(() => client.remove('/n0'))).err).toBe(ErrorCode.ok);
    expect((await client.ask(() => client.create('/again'))).err).toBe(ErrorCode.ok);
    expect((await client.ask(() => client.create('/more'))).err).toBe(ErrorCode.systemError);
  });

  test('on nodes: a multi is judged by what it leaves', async () => {
    ensemble = await TestEnsemble.start(1, { limits: limitsWith({ nodes: 12 }) });
    const client = await ensemble.session(ensemble.members[0]!);
    let last = 0;
    while ((await client.ask(() => client.create(`/n${last + 1}`))).err === ErrorCode.ok) last++;
    /** The error of the whole, or of its first part. */
    const multi = async (...items: MultiItem[]): Promise<number> => {
      const { err, record } = await client.ask(() => client.multi(...items));
      return err === ErrorCode.ok ? readMultiResults(record)[0]!.err : err;
    };
    const create = (path: string): MultiItem => ({
      op: OpCode.create,
      path,
      data: undefined,
      acl: OPEN_ACL,
      flags: 0,
      ttlMs: -1,
    });
    const remove = (path: string): MultiItem => ({ op: OpCode.delete, path, version: -1 });
    expect(await multi(create('/more'))).toBe(ErrorCode.systemError);
    expect(await multi(remove('/n1'), create('/a'), create('/b'))).toBe(ErrorCode.systemError);
    expect(await multi({ op: OpCode.check, path: '/n1', version: 0 })).toBe(ErrorCode.ok);
    expect(await multi(remove('/n1'), create('/a'))).toBe(ErrorCode.ok);
    expect(await multi(remove('/a'), remove('/n2'))).toBe(ErrorCode.ok);
  });

  test('are looked at before a write goes into the log: members with different ones stay equal', async () => {
    ensemble = await TestEnsemble.start(3);
    const [poor] = ensemble.followers as [TestMember];
    await poor.stop();
    Object.assign(poor, { config: { ...poor.config, limits: limitsWith({ nodes: 8 }) } });
    await poor.start();
    await ensemble.settled();
    const client = await ensemble.session(ensemble.leader);
    for (let i = 0; i < 12; i++) {
      expect((await client.ask(() => client.create(`/n${i}`))).err).toBe(ErrorCode.ok);
    }
    const states = () => new Set(ensemble.members.map(({ member }) => member.running!.machine.digest()));
    await until(
      () => states().size === 1,
      () => `the members differ: ${[...states()]}`,
    );
  });

  test("on the tree's memory: beyond it only what makes it no larger is taken", async () => {
    ensemble = await TestEnsemble.start(1, { limits: limitsWith({ treeBytes: 2_000_000 }) });
    const [member] = ensemble.members as [TestMember];
    const client = await ensemble.session(member);
    const codes = new Set<number>();
    let created = 0;
    for (; created < 50; created++) {
      const { err } = await client.ask(() => client.create(`/n${created}`, 'x'.repeat(100_000)));
      codes.add(err);
      if (err !== ErrorCode.ok) break;
    }
    expect([...codes]).toEqual([ErrorCode.ok, ErrorCode.systemError]);
    expect(created).toBeLessThan(25);
    expect((await client.ask(() => client.set('/n0', 'x'.repeat(100_001)))).err).toBe(ErrorCode.systemError);
    expect((await client.ask(() => client.set('/n0', 'x'.repeat(99_999)))).err).toBe(ErrorCode.ok);
    // All of them at once: a multi of deletions only.
    const deletions = Array.from({ length: created }, (_, i) => ({
      op: OpCode.delete,
      path: `/n${i}`,
      version: -1,
    }));
    expect((await client.ask(() => client.multi(...deletions))).err).toBe(ErrorCode.ok);
    expect((await client.ask(() => client.create('/again'))).err).toBe(ErrorCode.ok);
  });
});

describe('data of another member', () => {
  test('is refused at the start, with what to do about it', async () => {
    ensemble = await TestEnsemble.start(1);
    const [member] = ensemble.members as [TestMember];
    await member.stop();
    const stranger = {
      ...member.config,
      serverId: 2,
      members: member.config.members.map((address) => ({ ...address, serverId: 2 })),
    };
    Object.assign(member, { config: stranger });
    await expect(member.start()).rejects.toMatchObject({
      code: 'wrong-server-id',
      message:
        'the data in /data belong to member 1, but this member is 2: correct myid or dataDir, or move the data away to join anew',
    });
  });
});
