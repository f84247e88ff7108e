import { ErrorCode, OpCode } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MemberAddress } from '../../src/config/config.ts';
import { freePort } from '../platform/ports.ts';
import { configOf, TestEnsemble, TestMember, until } from './ensemble.ts';
import { dataOf, type Session, type TestClient } from './test-client.ts';

const DIGEST_ACL = [{ perms: 31, scheme: 'digest', id: 'ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM=' }] as const;

const ensemble = new TestEnsemble();
let kept: TestMember;
let others: readonly TestMember[];
/** Of the log. */
let writer: Session;
let lastZxid: number;

/** Members that allow the read-only mode, and serve on for one second without a leader. */
async function startAll(): Promise<void> {
  const addresses: MemberAddress[] = [];
  for (const serverId of [1, 2, 3]) {
    const [peerPort, clientPort] = [await freePort(), await freePort()];
    addresses.push({ serverId, host: '127.0.0.1', peerPort, clientPort, role: 'voter' });
  }
  for (const { serverId } of addresses) {
    const config = configOf(serverId, addresses, { syncLimit: 1 });
    ensemble.members.push(new TestMember({ ...config, client: { ...config.client, readOnlyMode: true } }));
  }
  await Promise.all(ensemble.members.map((member) => member.start()));
  await ensemble.settled();
}

async function stopOthers(): Promise<void> {
  await Promise.all(others.map((member) => member.stop()));
  await until(() => kept.member.clients.isReadOnly);
}

async function reader(timeoutMs = 10_000): Promise<TestClient> {
  const client = await ensemble.client(kept);
  expect(await client.begin({ timeoutMs, readOnly: true })).toMatchObject({ readOnly: true, timeoutMs });
  return client;
}

/** What becomes of a connect request that is not answered. */
async function isClosed(session: Session, readOnly: boolean | undefined, lastZxidSeen = 0): Promise<boolean> {
  const client = await ensemble.client(kept);
  await expect(client.attach(session, { readOnly, lastZxidSeen })).rejects.toThrow();
  return client.raw.isClosed;
}

const nobody: Session = { id: 0, password: new Uint8Array(16) };

beforeAll(async () => {
  await startAll();
  [kept, ...others] = [ensemble.followers[0]!, ensemble.leader, ensemble.followers[1]!];
  const client = await ensemble.session(kept);
  await client.ask(() => client.create('/a', 'one'));
  await client.ask(() => client.create('/secret', 'hidden', 0, DIGEST_ACL));
  lastZxid = (await client.ask(() => client.exists('/a'))).zxid;
  writer = client.session;
  await stopOthers();
});

afterAll(() => ensemble.stop());

describe('a member without a leader that allows the read-only mode', () => {
  test('says so: it is not ready, and the words tell clients to look for another member', async () => {
    expect(kept.member.clients.serving).toBe(false);
    expect(kept.member.service.ready).toBe(false);
    const texts = kept.log.of('warn', 'serving reads only, and only to clients that take a read-only member');
    expect(texts).toHaveLength(1);
  });

  test('serves reads and watches to a client that takes such a member', async () => {
    const client = await reader();
    expect(await client.data('/a')).toBe('one');
    client.exists('/a', true);
    client.children('/');
    client.ping();
    const [exists, children, ping] = await client.replies(3);
    expect([exists!.err, children!.err]).toEqual([0, 0]);
    expect(ping!.xid).toBe(-2);
  });

  test('answers whatever would enter the log, or wait for a leader, that it is not for a read-only member', async () => {
    const client = await reader();
    client.create('/b');
    client.create('/b', '', 1);
    client.set('/a', 'two');
    client.remove('/a');
    client.setAcl('/a', DIGEST_ACL);
    client.multi({ op: OpCode.delete, path: '/a', version: -1 });
    client.sync();
    client.request(OpCode.reconfig);
    const refused = await client.replies(8);
    expect(refused.map(({ err }) => err)).toEqual(Array(8).fill(ErrorCode.notReadOnly));
    expect(new Set(refused.map(({ zxid }) => zxid))).toEqual(new Set([lastZxid]));
    expect(await client.data('/a')).toBe('one');
  });

  test('takes proofs at once, for what is read behind them', async () => {
    const client = await reader();
    expect(await client.data('/secret')).toBe(ErrorCode.noAuth);
    client.auth('digest', 'ann:secret');
    client.get('/secret');
    const [auth, secret] = await client.replies(2);
    expect([auth!.xid, auth!.err, dataOf(secret!.record)]).toEqual([-4, 0, 'hidden']);
  });

  test('answers the end of a session behind what was asked before it, and closes', async () => {
    const client = await reader();
    client.get('/a');
    client.leave();
    const [read, end] = await client.replies(2);
    expect([dataOf(read!.record), end!.err]).toEqual(['one', 0]);
    await until(() => client.raw.isClosed);
  });

  test('turns away who wants to write, and whose session may live on elsewhere, without a word: they look for another member', async () => {
    expect(await isClosed(nobody, false)).toBe(true);
    expect(await isClosed(nobody, undefined)).toBe(true);
    expect(await isClosed(writer, true)).toBe(true);
    expect(await isClosed(writer, false)).toBe(true);
  });

  test('turns away who has seen more than it has', async () => {
    expect(await isClosed(nobody, true, lastZxid + 1)).toBe(true);
  });

  test('goes on with a reader that shows its password, and with nobody else', async () => {
    const { session } = await reader();
    const again = await ensemble.client(kept);
    expect(await again.attach(session, { readOnly: true })).toMatchObject({
      sessionId: session.id,
      readOnly: true,
    });
    const stranger = await ensemble.client(kept);
    const wrong = { id: session.id, password: new Uint8Array(16) };
    expect(await stranger.attach(wrong, { readOnly: true })).toMatchObject({ sessionId: 0, timeoutMs: 0 });
  });

  test('ends a reader that is silent for its timeout, and no other', async () => {
    const silent = await reader(2_000);
    const spoken = await reader(2_000);
    await until(
      () => silent.raw.isClosed,
      () => 'the end of a silent reader',
      async () => void spoken.ping().flush(),
    );
    expect(spoken.raw.isClosed).toBe(false);
  });

  test('sends its readers away once it serves again, and their sessions are in no log', async () => {
    const client = await reader();
    const { session } = client;
    const before = kept.member.running!.machine.sessions.size;
    await Promise.all(others.map((member) => member.start()));
    await ensemble.settled();
    await until(() => client.raw.isClosed);
    expect(kept.member.clients.isReadOnly).toBe(false);
    const again = await ensemble.client(kept);
    expect(await again.attach(session, { readOnly: true })).toMatchObject({
      sessionId: 0,
      timeoutMs: 0,
      readOnly: false,
    });
    const back = await ensemble.client(kept);
    expect((await back.attach(writer, { readOnly: true })).sessionId).toBe(writer.id);
    expect(kept.member.running!.machine.sessions.size).toBeLessThanOrEqual(before);
  });
});

test('a member that does not allow it serves nobody without a leader', async () => {
  const plain = await TestEnsemble.start(3, { syncLimit: 1 });
  const [first, ...rest] = plain.followers.concat(plain.leader);
  await Promise.all(rest.map((member) => member.stop()));
  await until(() => first!.member.service.isCutOff);
  await until(() => !first!.member.clients.serving);
  const client = await plain.client(first!);
  await expect(client.begin({ readOnly: true })).rejects.toThrow();
  await Promise.all(rest.map((member) => member.start()));
  await plain.stop();
});
