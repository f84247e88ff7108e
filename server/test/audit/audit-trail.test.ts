import { readFileSync } from 'node:fs';
import { type AclList, CreateMode, ErrorCode } from '@rookery/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import type { Bounds } from '../../src/bounds/bounds.ts';
import { DEFAULT_LIMITS } from '../../src/bounds/limits.ts';
import type { Config } from '../../src/config/config.ts';
import { asSessionId } from '../../src/model/ids.ts';
import type { AuditEvent } from '../../src/ports/audit-sink.ts';
import { digestOf } from '../connections/acl-scenario.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';
import { playAudited, SECRETS, SUPER_PROOF, withNamedSessions } from './audit-scenario.ts';

let ensemble: TestEnsemble;

afterEach(async () => {
  await ensemble.stop();
});

async function start(
  count: number,
  changes: Partial<Config> = {},
  bounds: Partial<Bounds> = {},
): Promise<TestMember> {
  ensemble = await TestEnsemble.start(count, { audit: { enabled: true }, ...changes }, bounds);
  return ensemble.members[0]!;
}

/** The names of an identity: the server's as ZooKeeper shows its own, one without a name not at all, as there. */
function nameOf(user: string): string {
  if (user.startsWith('member:')) return 'root';
  return user.slice(user.indexOf(':') + 1);
}

/** As ZooKeeper writes it. It keeps users in no order. */
function lineOf({ session, user, ip, operation, znode, znode_type, acl, result }: AuditEvent): string {
  const users = user.map(nameOf).filter((name) => name !== '');
  const fields = {
    session,
    user: users.sort().join(','),
    ip,
    operation,
    znode,
    znode_type,
    acl: acl?.join(''),
  };
  const pairs = Object.entries({ ...fields, result }).filter(([, value]) => value !== undefined);
  return pairs.map(([name, value]) => `${name}=${value}`).join('\t');
}

function zookeepersLines(): string[] {
  const text = readFileSync(new URL('zookeeper-audit.txt', import.meta.url), 'utf8');
  const lines = text.trimEnd().split('\n');
  return lines.map((line) =>
    line
      .replace(/user=([^\t]*)/, (_all, users: string) => {
        // A name that holds a comma is two there.
        const names = users.replace('al,ice', 'al;ice').split(',').sort().join(',');
        return `user=${names.replace('al;ice', 'al,ice')}`;
      })
      // The hash of a password, at which people can guess.
      .replace(/digest:bob:[^:]*:/, 'digest:bob:'),
  );
}

describe('what clients do', () => {
  test('is told as Apache ZooKeeper 3.9.5 tells it, and more of it', async () => {
    const member = await start(1, {
      superDigest: digestOf(SUPER_PROOF),
      containerCheckIntervalMs: 50,
    });
    member.member.audit!.serverStarted();
    await playAudited(member.port);
    const lines = withNamedSessions(member.audited.map(lineOf));
    // It tells of no proof, of no container that the server removes, and of no type of a sequential node in a multi.
    const theirs = zookeepersLines();
    const more = lines.filter((line) => !theirs.includes(line));
    expect(more).toEqual([
      'session=<1>\tuser=127.0.0.1,bob\tip=127.0.0.1\toperation=auth\tresult=success',
      'session=<1>\tuser=127.0.0.1,bob\tip=127.0.0.1\toperation=create\tznode=/m/s-0000000001\tznode_type=persistent_sequential\tresult=success',
      'user=root\toperation=delete\tznode=/container\tresult=success',
      expect.stringMatching(/^session=<5>.*operation=auth/),
      expect.stringMatching(/^session=<5>.*operation=auth/),
      expect.stringMatching(/^session=<5>.*operation=auth/),
      expect.stringMatching(/^session=<5>.*operation=auth/),
    ]);
    const untyped = (line: string): string => line.replace('\tznode_type=persistent_sequential', '');
    const both = lines.filter((line) => theirs.includes(line) || theirs.includes(untyped(line)));
    expect(both.map(untyped)).toEqual(theirs.map(untyped));
  });

  test('is told without any password or hash of one', async () => {
    const member = await start(1, { superDigest: digestOf(SUPER_PROOF), containerCheckIntervalMs: 50 });
    await playAudited(member.port);
    const client = await ensemble.session(member);
    // What people mistake: the password itself in an access list.
    const mistaken: AclList = [
      { perms: 31, scheme: 'digest', id: 'bob:plain-text' },
      { perms: 31, scheme: 'auth', id: 'bob:plain-text' },
      { perms: 1, scheme: 'of-their-own', id: 'bob:plain-text' },
    ];
    await client.ask(() => client.setAcl('/a', mistaken));
    const told = JSON.stringify(member.audited);
    expect(member.audited.at(-1)!.acl).toEqual(['digest:bob:cdrwa', 'auth:bob:cdrwa', '?f-their-own:bob:r']);
    for (const secret of [...SECRETS, 'plain-text']) expect(told).not.toContain(secret);
  });

  test('is told though the client is gone before it is applied', async () => {
    const member = await start(1);
    const client = await ensemble.session(member);
    client.create('/hit', '');
    client.flush();
    client.close();
    await until(() => member.audited.some(({ znode }) => znode === '/hit'));
    expect(member.audited.at(-1)).toMatchObject({ operation: 'create', result: 'success', ip: '127.0.0.1' });
  });

  test('names who a client is by scheme and name, so that nobody can pose as an address', async () => {
    const member = await start(1);
    const client = await ensemble.session(member);
    await client.ask(() => client.auth('digest', '10.0.0.1:x'));
    await client.ask(() => client.create('/by-whom'));
    expect(member.audited.at(-1)!.user).toEqual(['ip:127.0.0.1', 'digest:10.0.0.1']);
  });

  test('is told in lines of a bounded length', async () => {
    const member = await start(1);
    const client = await ensemble.session(member);
    await client.ask(() => client.auth('digest', `${'u'.repeat(5_000)}:x`));
    await client.ask(() => client.create(`/${'x'.repeat(100_000)}`));
    const { user, znode } = member.audited.at(-1)!;
    expect(user[1]).toBe(`digest:${'u'.repeat(256)}…`);
    expect(znode).toBe(`/${'x'.repeat(4_095)}…`);
  });
});

describe('what is refused before it gets into the log', () => {
  test('is told: a write for which there is no room', async () => {
    const member = await start(1, {
      limits: { ...DEFAULT_LIMITS, nodes: 6 },
    });
    const client = await ensemble.session(member);
    for (let i = 0; i < 8; i++) await client.ask(() => client.create(`/n${i}`));
    const refused = member.audited.filter(({ result }) => result === 'failure');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toEqual({
      session: `0x${client.session.id.toString(16)}`,
      user: ['ip:127.0.0.1'],
      ip: '127.0.0.1',
      operation: 'create',
      znode: refused[0]!.znode,
      znode_type: 'persistent',
      result: 'failure',
    });
  });

  test('is told: an auth that proves nothing, and a wrong password of a session', async () => {
    const member = await start(1);
    const client = await ensemble.session(member);
    await client.ask(() => client.auth('nonsense', 'bob:geheim'));
    const thief = await ensemble.client(member);
    await thief.attach({ id: client.session.id, password: new Uint8Array(16) });
    const told = { user: ['ip:127.0.0.1'], ip: '127.0.0.1', operation: 'auth', result: 'failure' };
    const session = `0x${client.session.id.toString(16)}`;
    expect(member.audited.slice(-2)).toEqual([
      { session, ...told, scheme: 'nonsense' },
      { session, ...told, scheme: 'session password' },
    ]);
    expect(JSON.stringify(member.audited)).not.toContain('geheim');
  });
});

describe('in an ensemble', () => {
  test('each thing is told by one member: that which took it from the client, or the leader that decided it', async () => {
    await start(3);
    const { leader, followers } = ensemble;
    const [one, two] = followers as [TestMember, TestMember];
    const a = await ensemble.session(one);
    const b = await ensemble.session(two);
    const silent = await ensemble.session(one, 400);
    await a.ask(() => a.create('/a', '', CreateMode.ephemeral));
    await b.ask(() => b.create('/b'));
    await b.ask(() => b.set('/none', ''));
    await silent.ask(() => silent.create('/of-silent', '', CreateMode.ephemeral));
    silent.close();
    await until(() =>
      ensemble.members.every(
        ({ member }) => member.running!.machine.sessions.get(asSessionId(silent.session.id)) === undefined,
      ),
    );
    await a.ask(() => a.leave());
    await ensemble.settled();
    const told = (member: TestMember) =>
      member.audited.map(({ operation, znode, result }) => `${operation} ${znode} ${result}`);
    const gone = 'ephemeralZNodeDeletionOnSessionCloseOrExpire';
    expect(told(one)).toEqual(['create /a success', 'create /of-silent success', `${gone} /a success`]);
    expect(told(two)).toEqual(['create /b success', 'setData /none failure']);
    expect(told(leader)).toEqual([`${gone} /of-silent success`]);
    expect(leader.audited[0]!.user).toEqual([`member:${leader.serverId}`]);
  });

  test('a member that starts again and replays its log tells nothing anew', async () => {
    const member = await start(1);
    const client = await ensemble.session(member, 400);
    for (let i = 0; i < 20; i++) await client.ask(() => client.create(`/n${i}`, '', CreateMode.ephemeral));
    const before = member.audited.length;
    await member.stop();
    await member.start();
    await ensemble.settled();
    // The session of its former life expires: that it decides now.
    await until(() => member.audited.length >= before + 20);
    const anew = member.audited.slice(before);
    expect(new Set(anew.map(({ operation }) => operation))).toEqual(
      new Set(['ephemeralZNodeDeletionOnSessionCloseOrExpire']),
    );
    expect(anew).toHaveLength(20);
  });

  test('a write that was handed over when its member stopped is told as one of which nobody knows', async () => {
    await start(3);
    const [follower] = ensemble.followers as [TestMember];
    const client = await ensemble.session(follower);
    for (const member of ensemble.members) member.holdDisk();
    client.create('/who-knows');
    client.flush();
    await until(() => [...follower.member.running!.replica.requests.handedOver()].length === 1);
    const stopped = follower.member.stop();
    for (const member of ensemble.members) member.releaseDisk();
    await stopped;
    await follower.stop();
    expect(follower.audited.at(-1)).toMatchObject({
      operation: 'create',
      znode: '/who-knows',
      result: 'invoked',
    });
    await follower.start();
  });
});

test('a session with many ephemeral nodes is told whole, in as many pieces as it takes', async () => {
  const member = await start(1, {}, { turnSteps: 100, pieceNodes: 7 });
  const client = await ensemble.session(member);
  const paths = Array.from({ length: 200 }, (_, i) => `/e${String(i).padStart(3, '0')}`);
  for (const path of paths) client.create(path, '', CreateMode.ephemeral);
  client.flush();
  for (const _ of paths) expect((await client.reply()).err).toBe(ErrorCode.ok);
  await client.ask(() => client.leave());
  const gone = member.audited.filter(({ operation }) => operation.startsWith('ephemeral'));
  expect(gone.map(({ znode }) => znode)).toEqual(paths);
});
