import { type AclList, AddWatchMode, CreateMode, ErrorCode, OpCode, readWatchEvent } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/bounds/limits.ts';
import type { ClientSocket } from '../../src/ports/client-socket.ts';
import { ChangeKind } from '../../src/tree/outcome.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import type { TestClient } from './test-client.ts';

const WATCHES = 10;
const OWNER: AclList = [{ perms: 31, scheme: 'auth', id: '' }];
const EVENT_XID = -1;

let ensemble: TestEnsemble;
let member: TestMember;
let writer: TestClient;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(1, { limits: { ...DEFAULT_LIMITS, watches: WATCHES } });
  [member] = ensemble.members as [TestMember];
  writer = await ensemble.session(member);
  await writer.ask(() => writer.auth('digest', 'owner:secret'));
});

afterAll(async () => {
  await ensemble.stop();
});

/** The events that this client has been told, as [type, path]. */
async function eventsOf(client: TestClient): Promise<(readonly [number, string])[]> {
  const xid = client.sync();
  client.flush();
  const events: (readonly [number, string])[] = [];
  for (let reply = await client.reply(); reply.xid !== xid; reply = await client.reply()) {
    expect(reply.xid).toBe(EVENT_XID);
    const { type, path } = readWatchEvent(reply.record);
    events.push([type, path]);
  }
  return events;
}

describe('who may not read a node', () => {
  test('hears nothing of it: neither below what it watches, nor from setWatches', async () => {
    const stranger = await ensemble.session(member);
    const { recursive, path } = { recursive: AddWatchMode.persistentRecursive, path: '/secret/diary' };
    await stranger.ask(() => stranger.aboutWatch(OpCode.addWatch, '/secret', recursive));
    await writer.ask(() => writer.create('/secret'));
    await writer.ask(() => writer.create(path, 'dear', CreateMode.persistent, OWNER));
    await writer.ask(() => writer.set(path, 'diary'));
    expect(await eventsOf(stranger)).toEqual([[ChangeKind.created, '/secret']]);

    stranger.setWatches(1, { data: [path, '/secret'], exist: [path] }).flush();
    expect(readWatchEvent((await stranger.reply()).record).path).toBe('/secret');
    expect((await stranger.reply()).err).toBe(ErrorCode.ok);

    await writer.ask(() => writer.remove(path));
    expect(await eventsOf(stranger)).toEqual([]);
    stranger.close();
  });

  test('hears of it from when it may', async () => {
    const friend = await ensemble.session(member);
    await friend.ask(() => friend.auth('digest', 'owner:secret'));
    await writer.ask(() => writer.create('/shared', '', CreateMode.persistent, OWNER));
    await friend.ask(() => friend.get('/shared', true));
    await writer.ask(() => writer.set('/shared', 'x'));
    expect(await eventsOf(friend)).toEqual([[ChangeKind.data, '/shared']]);
    friend.close();
  });
});

describe('limits.watches', () => {
  test('refuses one more, by its code; those that are there work on', async () => {
    await until(() => member.member.clients.watches.count === 0);
    const client = await ensemble.session(member);
    const err = async (path: string) => (await client.ask(() => client.exists(path, true))).err;
    for (let i = 0; i < WATCHES; i++) expect(await err(`/many-${i}`)).toBe(ErrorCode.noNode);
    expect(await err('/one-more')).toBe(ErrorCode.systemError);
    expect(await err('/many-0')).toBe(ErrorCode.noNode);
    const added = await client.ask(() =>
      client.aboutWatch(OpCode.addWatch, '/one-more', AddWatchMode.persistent),
    );
    expect(added.err).toBe(ErrorCode.systemError);
    await writer.ask(() => writer.create('/many-0'));
    expect(await eventsOf(client)).toEqual([[ChangeKind.created, '/many-0']]);
    expect(await err('/one-more')).toBe(ErrorCode.noNode);
    expect(member.log.of('warn', `there are limits.watches (${WATCHES}) watches`)).toHaveLength(1);
    client.close();
  });

  test('sends away a client that comes back with more', async () => {
    const client = await ensemble.session(member);
    const exist = Array.from({ length: WATCHES + 1 }, (_, i) => `/brought-${i}`);
    client.setWatches(1, { exist }).flush();
    await client.raw.closed();
  });
});

test('a client that watches and never reads is closed once it is owed too much', async () => {
  const client = await ensemble.session(member);
  await client.ask(() => client.aboutWatch(OpCode.addWatch, '/noise', AddWatchMode.persistent));
  const [connection] = [...member.member.clients.registry].filter(
    ({ session }) => session === client.session.id,
  );
  // As if the system took nothing any more.
  const socket = connection!.socket as ClientSocket & { bufferedBytes(): number };
  socket.bufferedBytes = () => 65 * 1024 * 1024;
  await writer.ask(() => writer.create('/noise'));
  await client.raw.closed();
  expect(connection!.isOpen).toBe(false);
});
