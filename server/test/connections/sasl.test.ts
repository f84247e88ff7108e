import {
  type AclList,
  CreateMode,
  ErrorCode,
  OpCode,
  readGetAclReply,
  readWhoAmIReply,
} from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import { asUser, challenge, exchange, NO_TOKEN, SASL_AUTH, tokenOf } from './sasl-talk.ts';
import { dataOf, type TestClient } from './test-client.ts';

const { ok, noAuth, authFailed, noNode } = ErrorCode;
const { persistent } = CreateMode;
const only = (user: string): AclList => [{ perms: 31, scheme: 'sasl', id: user }];
const CREATOR: AclList = [{ perms: 31, scheme: 'auth', id: '' }];

let ensemble: TestEnsemble;
let one: TestMember;
let two: TestMember;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3, { auth: SASL_AUTH });
  [one, two] = ensemble.followers as [TestMember, TestMember];
});

afterAll(async () => {
  await ensemble.stop();
});

async function authenticated(member: TestMember, user: string): Promise<TestClient> {
  const client = await ensemble.session(member);
  await exchange(client, asUser(user));
  return client;
}

const errOf = async (client: TestClient, write: (client: TestClient) => unknown) =>
  (await client.ask(write)).err;

async function whoIs(client: TestClient): Promise<string[]> {
  const { record } = await client.ask(() => client.request(OpCode.whoAmI));
  return readWhoAmIReply(record).map(({ scheme, user }) => `${scheme}:${user}`);
}

describe('an exchange', () => {
  test('is answered under its own xids with zxid 0, and what it proves counts for reads and writes, on a follower too', async () => {
    const client = await ensemble.session(one);
    const first = await client.ask(() => client.sasl(NO_TOKEN));
    expect([first.xid, first.zxid, first.err]).toEqual([1, 0, ok]);
    const { reply, rspauth } = await exchange(await ensemble.session(one), asUser('bob'));
    expect([reply.xid, reply.zxid, reply.err, tokenOf(reply)?.toString()]).toEqual([2, 0, ok, rspauth]);
    const bob = await authenticated(one, 'bob');
    expect(await whoIs(bob)).toEqual(['ip:127.0.0.1', 'sasl:bob']);
    expect(await errOf(bob, () => bob.create('/bobs', 'mine', persistent, only('bob')))).toBe(ok);
    expect(await bob.data('/bobs')).toBe('mine');
    expect(await errOf(bob, () => bob.set('/bobs', 'still mine'))).toBe(ok);
    const ann = await authenticated(two, 'ann');
    await ann.ask(() => ann.sync());
    expect([await ann.data('/bobs'), await errOf(ann, () => ann.set('/bobs', 'x'))]).toEqual([
      noAuth,
      noAuth,
    ]);
  });

  test('counts for requests behind it that do not wait for it, and not for those before it', async () => {
    const owner = await authenticated(one, 'ann');
    await owner.ask(() => owner.create('/anns', 'x', persistent, only('ann')));
    const client = await ensemble.session(one);
    const { response, rspauth } = (await challenge(client)).respond(asUser('ann'));
    client.set('/anns', 'too early');
    client.get('/anns');
    client.sasl(response);
    client.create('/anns/child', '', persistent, CREATOR);
    client.get('/anns');
    client.set('/anns', 'y');
    client.get('/anns');
    const all = await client.replies(7);
    expect(all.map(({ err }) => err)).toEqual([noAuth, noAuth, ok, ok, ok, ok, ok]);
    expect(all.map(({ xid }) => xid)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(tokenOf(all[2]!)?.toString()).toBe(rspauth);
    expect([dataOf(all[4]!.record), dataOf(all[6]!.record)]).toEqual(['x', 'y']);
    const { record } = await client.ask(() => client.getAcl('/anns/child'));
    expect(readGetAclReply(record).acl).toEqual(only('ann'));
  });

  test('stands in line behind writes and syncs, its challenge as well', async () => {
    const client = await ensemble.session(two);
    client.create('/in-line', 'x');
    client.sasl(NO_TOKEN);
    client.get('/in-line');
    const [made, challenged, read] = await client.replies(3);
    expect([made!.xid, challenged!.xid, read!.xid]).toEqual([1, 2, 3]);
    expect(tokenOf(challenged!)?.toString()).toContain('realm="zk-sasl-md5",nonce="');
    const waiting = await ensemble.session(two);
    const { response, rspauth } = (await challenge(waiting)).respond(asUser('bob'));
    waiting.sync();
    waiting.sasl(response);
    waiting.create('/behind-sync', '', persistent, CREATOR);
    const all = await waiting.replies(3);
    expect(all.map(({ err }) => err)).toEqual([ok, ok, ok]);
    expect(tokenOf(all[1]!)?.toString()).toBe(rspauth);
  });

  test('may begin before the session is there', async () => {
    const client = await ensemble.client(one);
    client.greet().sasl(NO_TOKEN);
    client.flush();
    await client.welcome();
    expect(tokenOf(await client.reply())?.toString()).toContain('nonce="');
  });

  test('of a super user opens everything, and one of the user super all that names SASL users', async () => {
    const bob = await authenticated(one, 'bob');
    await bob.ask(() => bob.create('/by-name', 'x', persistent, only('bob')));
    await bob.ask(() => bob.auth('digest', 'bob:1'));
    const digests: AclList = [{ perms: 31, scheme: 'digest', id: 'nobody:hash' }];
    await bob.ask(() => bob.create('/by-digest', 'x', persistent, digests));
    const root = await authenticated(two, 'root');
    await root.ask(() => root.sync());
    expect(await whoIs(root)).toEqual(['ip:127.0.0.1', 'super:', 'sasl:root']);
    expect([await root.data('/by-name'), await root.data('/by-digest')]).toEqual(['x', 'x']);
    const mighty = await authenticated(two, 'super');
    expect([await mighty.data('/by-name'), await mighty.data('/by-digest')]).toEqual(['x', noAuth]);
    expect(await errOf(mighty, () => mighty.set('/by-name', 'y'))).toBe(ok);
    expect(await errOf(mighty, () => mighty.set('/by-digest', 'y'))).toBe(noAuth);
  });

  test('proves nothing for another connection of the session', async () => {
    const bob = await authenticated(one, 'bob');
    await bob.ask(() => bob.create('/here-only', 'x', persistent, only('bob')));
    const again = await ensemble.client(two);
    await again.attach(bob.session);
    expect(await again.data('/here-only')).toBe(noAuth);
    await exchange(again, asUser('bob'));
    expect(await again.data('/here-only')).toBe('x');
  });

  test('counts under the next leader, too', async () => {
    const bob = await authenticated(one, 'bob');
    await bob.ask(() => bob.create('/lasting', 'x', persistent, only('bob')));
    const { leader } = ensemble;
    await leader.stop();
    bob.set('/lasting', 'y');
    bob.get('/lasting');
    expect((await bob.replies(2)).map(({ err }) => err)).toEqual([ok, ok]);
    await leader.start();
    await until(() => leader.member.clients.serving);
    const machines = ensemble.members.map(({ member }) => member.running!.machine);
    await until(() => new Set(machines.map(({ appliedIndex }) => appliedIndex)).size === 1);
    expect(new Set(machines.map((machine) => machine.digest())).size).toBe(1);
  });
});

describe('an exchange that fails', () => {
  test.each([
    ['by a wrong password', asUser('bob', 'a guess')],
    ['by a user who is not there', asUser('eve', 'x')],
    ['by a nonce of before', { ...asUser('bob'), nonce: 'before' }],
  ])('%s is answered -115 with a null token, and the connection closes', async (_, fields) => {
    const client = await ensemble.session(one);
    const { reply } = await exchange(client, fields);
    expect([reply.xid, reply.zxid, reply.err, tokenOf(reply)]).toEqual([2, 0, authFailed, undefined]);
    await client.raw.closed();
  });

  test('by a third step does, too', async () => {
    const client = await authenticated(one, 'bob');
    const reply = await client.ask(() => client.sasl(NO_TOKEN));
    expect([reply.err, tokenOf(reply)]).toEqual([authFailed, undefined]);
    await client.raw.closed();
  });

  test('lets what stands before it be answered, and takes nothing behind it', async () => {
    const client = await ensemble.session(one);
    const { response } = (await challenge(client)).respond(asUser('bob', 'a guess'));
    client.create('/before-sasl', 'x');
    client.sasl(response);
    client.create('/behind-sasl', 'x');
    const all = await client.replies(2);
    expect(all.map(({ err }) => err)).toEqual([ok, authFailed]);
    await client.raw.closed();
    expect(await (await ensemble.session(one)).data('/behind-sasl')).toBe(noNode);
  });

  test('is counted and told with why and whence, and without what was tried', async () => {
    const before = one.member.proofs.failures.auth;
    const client = await ensemble.session(one);
    await exchange(client, asUser('mallory', 'letmein'));
    await client.raw.closed();
    expect(one.member.proofs.failures.auth).toBe(before + 1);
    const told = ensemble.members.map(({ log }) => JSON.stringify(log)).join();
    expect(told).toContain('a client could not prove who it is');
    for (const secret of ['mallory', 'letmein', "bob's password", 'a guess'])
      expect(told).not.toContain(secret);
  });

  test.each([
    ['a null token', (client: TestClient) => client.sasl(null)],
    ['no record', (client: TestClient) => client.request(OpCode.sasl)],
  ])('is closed without a word where it has %s', async (_, send) => {
    const client = await ensemble.session(one);
    send(client);
    client.flush();
    await client.raw.closed();
  });
});

test('no password gets into a log or a file, nor what a password comes to', async () => {
  await authenticated(one, 'ann');
  for (const { volume } of ensemble.members) {
    const files = volume.fileNames().map((name) => Buffer.from(volume.content(name)));
    expect(files.some((file) => file.includes("ann's password"))).toBe(false);
    expect(files.some((file) => file.includes('rspauth'))).toBe(false);
  }
});

test('users can be replaced while the member runs', async () => {
  const single = await TestEnsemble.start(1, { auth: SASL_AUTH });
  try {
    const { users } = single.leader.member.clients.sasl;
    const early = await single.session(single.leader);
    await exchange(early, asUser('bob'));
    users.replace(new Map([['bob', 'another one']]));
    expect((await exchange(await single.session(single.leader), asUser('bob'))).reply.err).toBe(authFailed);
    expect((await exchange(await single.session(single.leader), asUser('ann'))).reply.err).toBe(authFailed);
    const later = await single.session(single.leader);
    expect((await exchange(later, asUser('bob', 'another one'))).reply.err).toBe(ok);
    // Who has proved it already has.
    expect(await errOf(early, () => early.create('/kept', '', persistent, CREATOR))).toBe(ok);
  } finally {
    await single.stop();
  }
});

describe('where nobody has set SASL up', () => {
  test('each step is answered with a null token, and the client goes on as nobody', async () => {
    const plain = await TestEnsemble.start(1);
    try {
      const client = await plain.session(plain.leader);
      for (const token of [NO_TOKEN, Buffer.from('token')]) {
        const reply = await client.ask(() => client.sasl(token));
        expect([reply.zxid, reply.err, tokenOf(reply)]).toEqual([0, ok, undefined]);
      }
      expect(await whoIs(client)).toEqual(['ip:127.0.0.1']);
      expect(plain.leader.member.proofs.failures.auth).toBe(0);
    } finally {
      await plain.stop();
    }
  });
});

describe('where clients that fail may stay', () => {
  test('a failure is answered with a null token, and proves nothing', async () => {
    const sasl = { ...SASL_AUTH.sasl, allowFailedClients: true };
    const lenient = await TestEnsemble.start(1, { auth: { ...SASL_AUTH, sasl } });
    try {
      const client = await lenient.session(lenient.leader);
      const { response } = (await challenge(client)).respond(asUser('bob', 'a guess'));
      client.sasl(response);
      client.create('/as-nobody', 'x');
      client.sasl(NO_TOKEN);
      const all = await client.replies(3);
      expect(all.map(({ err }) => err)).toEqual([ok, ok, ok]);
      expect([tokenOf(all[0]!), tokenOf(all[2]!)]).toEqual([undefined, undefined]);
      expect(await whoIs(client)).toEqual(['ip:127.0.0.1']);
      expect(lenient.leader.member.proofs.failures.auth).toBe(2);
    } finally {
      await lenient.stop();
    }
  });
});
