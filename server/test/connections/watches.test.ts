import {
  AddWatchMode,
  CreateMode,
  ErrorCode,
  OpCode,
  readWatchEvent,
  WatcherType,
  writeMultiRequest,
} from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChangeKind } from '../../src/tree/outcome.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import { dataOf, type Reply, type TestClient } from './test-client.ts';

const { created, deleted, data, children } = ChangeKind;
const EVENT_XID = -1;
const CAUGHT_UP_ZXID = -1;

let ensemble: TestEnsemble;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3);
});

afterAll(async () => {
  await ensemble.stop();
});

/** What came: an event as [type, path], a reply as its xid. */
function told(reply: Reply): readonly [number, string] | number {
  if (reply.xid !== EVENT_XID) return reply.xid;
  const { type, state, path } = readWatchEvent(reply.record);
  expect([state, reply.err]).toEqual([3, ErrorCode.ok]);
  return [type, path];
}

async function next(client: TestClient, count: number): Promise<ReturnType<typeof told>[]> {
  const heard: ReturnType<typeof told>[] = [];
  while (heard.length < count) heard.push(told(await client.reply()));
  return heard;
}

/** Replies and events up to the reply to `xid`. */
async function upTo(client: TestClient, xid: number): Promise<ReturnType<typeof told>[]> {
  const heard: ReturnType<typeof told>[] = [];
  do heard.push(told(await client.reply()));
  while (heard.at(-1) !== xid);
  return heard;
}

/** What this client has heard once it is asked something: everything of before stands in front of the answer. */
async function heardBy(client: TestClient): Promise<ReturnType<typeof told>[]> {
  const xid = client.sync();
  client.flush();
  return (await upTo(client, xid)).slice(0, -1);
}

function roles(): [string, TestMember][] {
  return [
    ['the leader', ensemble.leader],
    ['a follower', ensemble.followers[0]!],
  ];
}

describe.each(['the leader', 'a follower'])('at %s', (role) => {
  let member: TestMember;
  let root: string;
  let other: TestClient;
  let client: TestClient;

  beforeAll(async () => {
    member = new Map(roles()).get(role)!;
    root = `/${role.replaceAll(' ', '-')}`;
    other = await ensemble.session(ensemble.followers[1]!);
    client = await ensemble.session(member);
    expect((await other.ask(() => other.create(root))).err).toBe(ErrorCode.ok);
    await client.ask(() => client.sync());
  });

  test('each kind of one-shot watch fires for what it was left on, once', async () => {
    for (const name of ['data', 'gone', 'list']) await other.ask(() => other.create(`${root}/${name}`, 'x'));
    await client.ask(() => client.sync());
    expect((await client.ask(() => client.get(`${root}/data`, true))).err).toBe(ErrorCode.ok);
    expect((await client.ask(() => client.get(`${root}/missing`, true))).err).toBe(ErrorCode.noNode);
    expect((await client.ask(() => client.exists(`${root}/gone`, true))).err).toBe(ErrorCode.ok);
    expect((await client.ask(() => client.exists(`${root}/new`, true))).err).toBe(ErrorCode.noNode);
    expect((await client.ask(() => client.children(`${root}/list`, true))).err).toBe(ErrorCode.ok);
    for (let i = 0; i < 2; i++) {
      await other.ask(() => other.set(`${root}/data`, 'y'));
      await other.ask(() => other.create(`${root}/list/child${i}`));
    }
    await other.ask(() => other.create(`${root}/missing`));
    await other.ask(() => other.create(`${root}/new`));
    await other.ask(() => other.set(`${root}/new`, 'y'));
    await other.ask(() => other.remove(`${root}/gone`));
    expect(await heardBy(client)).toEqual([
      [data, `${root}/data`],
      [children, `${root}/list`],
      [created, `${root}/new`],
      [deleted, `${root}/gone`],
    ]);
  });

  test('an event comes before any reply that shows the new state, and carries the zxid of its cause', async () => {
    await other.ask(() => other.create(`${root}/race`, 'old'));
    await client.ask(() => client.sync());
    for (let round = 0; round < 30; round++) {
      expect((await client.ask(() => client.get(`${root}/race`, true))).err).toBe(ErrorCode.ok);
      const written = other.ask(() => other.set(`${root}/race`, `${round}`));
      let zxid = 0;
      for (let shown = ''; shown !== `${round}`; ) {
        client.get(`${root}/race`);
        client.flush();
        let reply = await client.reply();
        if (reply.xid === EVENT_XID) {
          ({ zxid } = reply);
          reply = await client.reply();
        }
        shown = dataOf(reply.record);
        if (shown === `${round}`) expect(zxid, 'the event came first').toBeGreaterThan(0);
      }
      expect(zxid).toBe((await written).zxid);
    }
  });

  test("a client's own write is told to it before the write's reply", async () => {
    await client.ask(() => client.create(`${root}/own`));
    client.get(`${root}/own`, true);
    const set = client.set(`${root}/own`, 'mine');
    const after = client.get(`${root}/own`);
    client.flush();
    expect(await next(client, 4)).toEqual([set - 1, [data, `${root}/own`], set, after]);
  });

  test('a multi tells each of its changes in order, under one zxid', async () => {
    const path = `${root}/multi`;
    await client.ask(() => client.aboutWatch(OpCode.addWatch, path, AddWatchMode.persistent));
    const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }];
    const bytes = new TextEncoder().encode('x');
    const create = (at: string) =>
      ({ op: OpCode.create, path: at, data: bytes, acl, flags: CreateMode.persistent }) as const;
    writeMultiRequest(other.out, 999, [
      create(path),
      create(`${path}/child`),
      { op: OpCode.setData, path, data: bytes, version: 0 },
      { op: OpCode.delete, path: `${path}/child`, version: -1 },
      { op: OpCode.delete, path, version: -1 },
    ]);
    other.flush();
    const { zxid } = await other.reply();
    const events = [];
    for (let i = 0; i < 5; i++) events.push(await client.reply());
    expect(events.map((event) => event.zxid)).toEqual(Array(5).fill(zxid));
    expect(events.map(told)).toEqual(
      [created, children, data, children, deleted].map((type) => [type, path]),
    );
  });

  test('addWatch, checkWatches and removeWatches answer as ZooKeeper does', async () => {
    const { addWatch, checkWatches, removeWatches } = OpCode;
    const path = `${root}/asked`;
    const err = async (op: number, kind: number) =>
      (await client.ask(() => client.aboutWatch(op, path, kind))).err;
    const added = await client.ask(() => client.aboutWatch(addWatch, path, AddWatchMode.persistentRecursive));
    expect([added.err, added.record.readInt(), added.record.remaining]).toEqual([ErrorCode.ok, 0, 0]);
    expect(await err(addWatch, 7)).toBe(ErrorCode.marshallingError);
    expect(await err(checkWatches, WatcherType.persistentRecursive)).toBe(ErrorCode.ok);
    expect(await err(checkWatches, WatcherType.any)).toBe(ErrorCode.ok);
    expect(await err(checkWatches, WatcherType.persistent)).toBe(ErrorCode.noWatcher);
    expect(await err(checkWatches, 9)).toBe(ErrorCode.marshallingError);
    expect(await err(removeWatches, WatcherType.data)).toBe(ErrorCode.noWatcher);
    expect(await err(removeWatches, WatcherType.any)).toBe(ErrorCode.ok);
    expect(await err(removeWatches, WatcherType.any)).toBe(ErrorCode.noWatcher);
  });

  test('the end of a session tells of its ephemeral nodes', async () => {
    const passing = await ensemble.session(ensemble.followers[1]!);
    await passing.ask(() => passing.create(`${root}/lock`, '', CreateMode.ephemeral));
    await client.ask(() => client.sync());
    await client.ask(() => client.exists(`${root}/lock`, true));
    await passing.ask(() => passing.leave());
    expect(await next(client, 1)).toEqual([[deleted, `${root}/lock`]]);
  });
});

describe('exists of a path with U+0000', () => {
  test.each([false, true])(
    'is refused as in ZooKeeper and leaves no watch (asked for: %s)',
    async (watch) => {
      const client = await ensemble.session(ensemble.leader);
      const { watches } = ensemble.leader.member.clients;
      const before = watches.count;
      const path = '/nul\u0000';
      expect((await client.ask(() => client.exists(path, watch))).err).toBe(ErrorCode.badArguments);
      expect(watches.count).toBe(before);
      const asked = () => client.aboutWatch(OpCode.checkWatches, path, WatcherType.any);
      expect((await client.ask(asked)).err).toBe(ErrorCode.noWatcher);
      // Other reads, and paths that are wrong in another way, are those of nodes that are not there.
      expect((await client.ask(() => client.get(path, true))).err).toBe(ErrorCode.noNode);
      expect((await client.ask(() => client.exists('/nul//x', watch))).err).toBe(ErrorCode.noNode);
    },
  );
});

describe('a client that comes back', () => {
  test('catches up elsewhere: what it missed stands before the reply, the rest is watched again', async () => {
    const [one, two] = ensemble.followers as [TestMember, TestMember];
    const other = await ensemble.session(ensemble.leader);
    const first = await ensemble.session(one);
    for (const name of ['', '/set', '/same', '/gone', '/list', '/quiet', '/deep']) {
      await other.ask(() => other.create(`/away${name}`));
    }
    const { zxid } = await other.ask(() => other.get('/away'));
    first.close();
    await other.ask(() => other.set('/away/set', 'new'));
    await other.ask(() => other.remove('/away/gone'));
    await other.ask(() => other.create('/away/came'));
    await other.ask(() => other.create('/away/list/child'));
    const again = await ensemble.client(two);
    await again.attach(first.session);
    await again.ask(() => again.sync());
    again.setWatches(zxid, {
      data: ['/away/set', '/away/same', '/away/gone'],
      exist: ['/away/came', '/away/later'],
      child: ['/away/list', '/away/quiet', '/away/gone'],
      persistent: ['/away/persistent'],
      persistentRecursive: ['/away/deep'],
    });
    again.flush();
    const replies = [];
    for (let i = 0; i < 6; i++) replies.push(await again.reply());
    expect(replies.slice(0, 5).map((reply) => reply.zxid)).toEqual(Array(5).fill(CAUGHT_UP_ZXID));
    expect(replies.map(told)).toEqual([
      [data, '/away/set'],
      [deleted, '/away/gone'],
      [created, '/away/came'],
      [children, '/away/list'],
      [deleted, '/away/gone'],
      -8,
    ]);
    await other.ask(() => other.set('/away/set', 'newer'));
    await other.ask(() => other.set('/away/same', 'new'));
    await other.ask(() => other.create('/away/later'));
    await other.ask(() => other.create('/away/quiet/child'));
    await other.ask(() => other.create('/away/persistent'));
    await other.ask(() => other.create('/away/deep/down'));
    expect(await heardBy(again)).toEqual([
      [data, '/away/same'],
      [created, '/away/later'],
      [children, '/away/quiet'],
      [created, '/away/persistent'],
      [created, '/away/deep/down'],
    ]);
  });

  test('leaves nothing behind where it was', async () => {
    const member = ensemble.followers[0]!;
    const before = member.member.clients.watches.count;
    const client = await ensemble.session(member);
    for (let i = 0; i < 100; i++) client.exists(`/left/${i}`, true);
    const last = client.children('/', true);
    client.flush();
    await upTo(client, last);
    expect(member.member.clients.watches.count).toBe(before + 101);
    client.close();
    await until(() => member.member.clients.watches.count === before);
  });
});
