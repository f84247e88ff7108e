import { type AclList, CreateMode, ErrorCode, readGetAclReply } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from './acl-scenario.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import { dataOf, type TestClient } from './test-client.ts';

const { ok, noAuth, authFailed, invalidAcl, badVersion } = ErrorCode;
const { persistent } = CreateMode;
const AUTH_XID = -4;
const ADMIN_PASSWORD = 'the root of all';

const only = (proof: string, perms = 31): AclList => [{ perms, scheme: 'digest', id: digestOf(proof) }];
const CREATOR: AclList = [{ perms: 31, scheme: 'auth', id: '' }];

let ensemble: TestEnsemble;
let one: TestMember;
let two: TestMember;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3, { superDigest: digestOf(`super:${ADMIN_PASSWORD}`) });
  [one, two] = ensemble.followers as [TestMember, TestMember];
});

afterAll(async () => {
  await ensemble.stop();
});

const errOf = async (client: TestClient, write: (client: TestClient) => unknown) =>
  (await client.ask(write)).err;

/** The node's ACL as this client sees it, after what every member has committed. */
async function aclOf(client: TestClient, path: string): Promise<AclList> {
  await client.ask(() => client.sync());
  return readGetAclReply((await client.ask(() => client.getAcl(path))).record).acl;
}

async function authenticated(member: TestMember, ...proofs: string[]): Promise<TestClient> {
  const client = await ensemble.session(member);
  for (const proof of proofs) await client.ask(() => client.auth('digest', proof));
  return client;
}

describe('a digest auth', () => {
  test('is answered with zxid 0 under xid -4, and what it proves counts for reads and writes, on a follower too', async () => {
    const client = await ensemble.session(one);
    const { xid, zxid, err } = await client.ask(() => client.auth('digest', 'bob:secret'));
    expect([xid, zxid, err]).toEqual([AUTH_XID, 0, ok]);
    expect(await errOf(client, () => client.create('/bobs', 'mine', persistent, only('bob:secret')))).toBe(
      ok,
    );
    expect(await client.data('/bobs')).toBe('mine');
    expect(await errOf(client, () => client.set('/bobs', 'still mine'))).toBe(ok);
    const stranger = await ensemble.session(two);
    await stranger.ask(() => stranger.sync());
    expect(await stranger.data('/bobs')).toBe(noAuth);
    expect(await errOf(stranger, () => stranger.set('/bobs', 'stolen'))).toBe(noAuth);
    const wrong = await authenticated(one, 'bob:guess');
    expect(await wrong.data('/bobs')).toBe(noAuth);
  });

  test('counts for requests that are sent behind it without waiting, and not for those before it', async () => {
    const owner = await authenticated(one, 'ann:1');
    await owner.ask(() => owner.create('/anns', 'x', persistent, only('ann:1')));
    const client = await ensemble.session(one);
    client.get('/anns');
    client.set('/anns', 'too early');
    client.get('/anns');
    client.auth('digest', 'ann:1');
    client.create('/anns/child', '', persistent, CREATOR);
    client.get('/anns');
    client.set('/anns', 'y');
    client.get('/anns');
    const all = await client.replies(8);
    expect(all.map(({ err }) => err)).toEqual([noAuth, noAuth, noAuth, ok, ok, ok, ok, ok]);
    expect(all.map(({ xid }) => xid)).toEqual([1, 2, 3, AUTH_XID, 4, 5, 6, 7]);
    expect([dataOf(all[5]!.record), dataOf(all[7]!.record)]).toEqual(['x', 'y']);
  });

  test('stands in line behind a sync, and requests behind it still see it', async () => {
    const owner = await authenticated(one, 'cid:1');
    await owner.ask(() => owner.create('/cids', 'x', persistent, only('cid:1')));
    const client = await ensemble.session(two);
    client.sync();
    client.get('/cids');
    client.auth('digest', 'cid:1');
    client.set('/cids', 'y');
    client.auth('digest', 'cid:1');
    client.get('/cids');
    const all = await client.replies(6);
    expect(all.map(({ err }) => err)).toEqual([ok, noAuth, ok, ok, ok, ok]);
    expect(dataOf(all[5]!.record)).toBe('y');
  });

  test('may be sent before the session is there', async () => {
    const client = await ensemble.client(one);
    client.greet().auth('digest', 'early:bird');
    client.create('/early', '', persistent, CREATOR);
    client.flush();
    await client.welcome();
    expect((await client.replies(2)).map(({ err }) => err)).toEqual([ok, ok]);
    expect(await aclOf(client, '/early')).toEqual(only('early:bird'));
  });

  test('adds to those before it; the same one again changes nothing', async () => {
    const client = await authenticated(one, 'dan:1', 'eve:2', 'dan:1');
    await client.ask(() => client.create('/both', '', persistent, CREATOR));
    expect(await aclOf(client, '/both')).toEqual([...only('dan:1'), ...only('eve:2')]);
    const { replica } = one.member.running!;
    const before = replica.appliedIndex;
    await client.ask(() => client.auth('digest', 'eve:2'));
    expect(replica.appliedIndex).toBe(before);
  });

  test('of the super user opens everything, and names nobody where a node is made', async () => {
    const owner = await authenticated(one, 'fay:1');
    await owner.ask(() => owner.create('/closed', 'x', persistent, only('fay:1')));
    const admin = await authenticated(two, `super:${ADMIN_PASSWORD}`);
    await admin.ask(() => admin.sync());
    expect(await admin.data('/closed')).toBe('x');
    expect(await aclOf(admin, '/closed')).toEqual(only('fay:1'));
    expect(await errOf(admin, () => admin.set('/closed', 'y'))).toBe(ok);
    await admin.ask(() => admin.create('/admins', '', persistent, CREATOR));
    expect(await aclOf(admin, '/admins')).toEqual(only(`super:${ADMIN_PASSWORD}`));
  });

  test('leaves no password in any log', async () => {
    const password = 'correct-horse-battery';
    const client = await authenticated(one, `gil:${password}`);
    client.auth('nonsense', password).flush();
    await client.raw.closed();
    const told = ensemble.members.map(({ log }) => JSON.stringify(log)).join();
    expect(told).not.toContain(password);
    for (const { volume } of ensemble.members) {
      const files = volume.fileNames().map((name) => Buffer.from(volume.content(name)));
      expect(files.some((file) => file.includes(`gil:`))).toBe(true);
      expect(files.some((file) => file.includes(password))).toBe(false);
    }
  });
});

describe('an auth that proves nothing', () => {
  test.each(['world', 'auth', 'super', 'sasl', 'x509', 'nonsense', ''])(
    'by the scheme %j is answered -115, and the connection closes',
    async (scheme) => {
      const client = await ensemble.session(one);
      const { xid, zxid, err } = await client.ask(() => client.auth(scheme, 'a:b'));
      expect([xid, zxid, err]).toEqual([AUTH_XID, 0, authFailed]);
      await client.raw.closed();
    },
  );

  test('lets what stands before it be answered, and takes nothing behind it', async () => {
    const client = await ensemble.session(one);
    client.create('/before-failure', 'x');
    client.get('/before-failure');
    client.auth('nonsense', '');
    client.create('/behind-failure', 'x');
    client.flush();
    const all = await client.replies(3);
    expect(all.map(({ err }) => err)).toEqual([ok, ok, authFailed]);
    await client.raw.closed();
    const other = await ensemble.session(one);
    expect(await other.data('/behind-failure')).toBe(ErrorCode.noNode);
  });

  test('is one too many for one connection', async () => {
    const client = await ensemble.session(one);
    for (let i = 0; i < 64; i++) client.auth('digest', `u${i}:p`);
    const errs = (await client.replies(64)).map(({ err }) => err);
    expect(errs.filter((err) => err === ok).length).toBe(63);
    expect(errs.at(-1)).toBe(authFailed);
    await client.raw.closed();
  });

  test('by ip is welcome: every connection has it', async () => {
    const client = await ensemble.session(one);
    expect(await errOf(client, () => client.auth('ip', ''))).toBe(ok);
    const local: AclList = [{ perms: 31, scheme: 'ip', id: '127.0.0.1' }];
    const far: AclList = [{ perms: 31, scheme: 'ip', id: '10.0.0.0/8' }];
    await client.ask(() => client.create('/local', 'here', persistent, local));
    await client.ask(() => client.create('/far', 'there', persistent, far));
    expect([await client.data('/local'), await client.data('/far')]).toEqual(['here', noAuth]);
    expect(await errOf(client, () => client.create('/of-nobody', '', persistent, CREATOR))).toBe(invalidAcl);
  });
});

describe('what a connection has proved', () => {
  test('is gone with it: the session on another member starts anew, until it authenticates', async () => {
    const first = await authenticated(one, 'hal:9000');
    await first.ask(() => first.create('/hals', 'x', persistent, only('hal:9000')));
    first.close();
    const again = await ensemble.client(two);
    await again.attach(first.session);
    expect(await again.data('/hals')).toBe(noAuth);
    expect(await errOf(again, () => again.set('/hals', 'y'))).toBe(noAuth);
    await again.ask(() => again.auth('digest', 'hal:9000'));
    expect(await errOf(again, () => again.set('/hals', 'y'))).toBe(ok);
    expect(await again.data('/hals')).toBe('y');
  });

  test('does not change by an auth that comes over an older connection', async () => {
    const first = await ensemble.session(one);
    const again = await ensemble.client(two);
    await again.attach(first.session);
    first.auth('digest', 'ida:1').flush();
    await first.raw.closed();
    await again.ask(() => again.create('/idas', '', persistent, only('ida:1')));
    expect(await again.data('/idas')).toBe(noAuth);
  });

  test('outlives a change of the leader between the auth and the write', async () => {
    const client = await authenticated(one, 'jim:1');
    await client.ask(() => client.create('/jims', 'x', persistent, only('jim:1')));
    const { leader } = ensemble;
    await leader.stop();
    client.set('/jims', 'y');
    client.get('/jims');
    const all = await client.replies(2);
    expect(all.map(({ err }) => err)).toEqual([ok, ok]);
    await leader.start();
    await until(() => leader.member.clients.serving);
    const machines = ensemble.members.map(({ member }) => member.running!.machine);
    await until(() => new Set(machines.map(({ appliedIndex }) => appliedIndex)).size === 1);
    expect(new Set(machines.map((machine) => machine.digest())).size).toBe(1);
  });
});

describe('an ACL', () => {
  test('is shown with its digests to who may administer, without them to who may read, and to nobody else', async () => {
    const acl: AclList = [...only('kim:1'), { perms: 1, scheme: 'digest', id: digestOf('leo:1') }];
    const kim = await authenticated(one, 'kim:1');
    await kim.ask(() => kim.create('/kims', '', persistent, acl));
    expect(await aclOf(kim, '/kims')).toEqual(acl);
    const leo = await authenticated(one, 'leo:1');
    expect((await aclOf(leo, '/kims')).map(({ id }) => id)).toEqual(['kim:x', 'leo:x']);
    const stranger = await ensemble.session(one);
    expect(await errOf(stranger, () => stranger.getAcl('/kims'))).toBe(noAuth);
  });

  test('changes by its own version, and counts from then on', async () => {
    const client = await authenticated(one, 'may:1');
    await client.ask(() => client.create('/mays', 'x'));
    const stranger = await ensemble.session(one);
    expect(await stranger.data('/mays')).toBe('x');
    expect(await errOf(client, () => client.setAcl('/mays', CREATOR, 3))).toBe(badVersion);
    expect(await errOf(client, () => client.setAcl('/mays', CREATOR, 0))).toBe(ok);
    expect(await errOf(client, () => client.setAcl('/mays', CREATOR, 0))).toBe(badVersion);
    expect(await stranger.data('/mays')).toBe(noAuth);
    expect(await errOf(stranger, () => stranger.setAcl('/mays', CREATOR))).toBe(invalidAcl);
  });
});
