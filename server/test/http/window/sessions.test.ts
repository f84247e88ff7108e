import { AddWatchMode, CreateMode, OpCode } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionDetail, SessionEntry, SessionList, Watchers } from '../../../src/http/window/shapes.ts';
import { type TestMember, until } from '../../connections/ensemble.ts';
import type { TestClient } from '../../connections/test-client.ts';
import { type Refused, ServedWindow } from './served-window.ts';

let served: ServedWindow;
let leader: TestMember;
let followers: TestMember[];

beforeAll(async () => {
  served = await ServedWindow.start(3);
  ({ leader, followers } = served.ensemble);
});

afterAll(() => served.stop());

const idOf = (client: TestClient): string => `0x${client.session.id.toString(16)}`;

async function list(member: TestMember, query = ''): Promise<SessionList> {
  const { status, json } = await served.ask<SessionList>(member, `/sessions${query}`);
  expect(status).toBe(200);
  return json;
}

/** All members have applied what the leader has. */
async function level(): Promise<void> {
  const index = leader.member.running!.replica.appliedIndex;
  await until(() =>
    served.ensemble.members.every(({ member }) => member.running!.replica.appliedIndex >= index),
  );
}

describe('the sessions of the ensemble', () => {
  test('are the same at every member: address, time left, what they own and watch, wherever their clients are', async () => {
    const clients = [
      await served.ensemble.session(leader),
      await served.ensemble.session(followers[0]!, 5_000),
    ];
    const [onLeader, onFollower] = clients as [TestClient, TestClient];
    await onFollower.ask((it) => it.create('/owned', '', CreateMode.ephemeral));
    await onFollower.ask((it) => it.get('/owned', true));
    await onFollower.ask((it) => it.children('/', true));
    onFollower.auth('digest', 'bob:secret').flush();
    await onFollower.reply();
    await level();
    for (const member of served.ensemble.members) {
      const { sessions, total, silent, isCut } = await list(member);
      expect([total, silent, isCut]).toEqual([sessions.length, [], false]);
      const ids = sessions.map(({ id }) => Number(id));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      const found = (client: TestClient): SessionEntry => sessions.find(({ id }) => id === idOf(client))!;
      expect(found(onLeader)).toMatchObject({
        timeoutMs: 10_000,
        member: leader.serverId,
        address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        isSecure: false,
        ephemerals: 0,
        watches: 0,
      });
      expect(found(onFollower)).toMatchObject({
        timeoutMs: 5_000,
        member: followers[0]!.serverId,
        ephemerals: 1,
        watches: 2,
        identities: expect.arrayContaining([
          { scheme: 'ip', id: '127.0.0.1' },
          { scheme: 'digest', id: 'bob' },
        ]),
      });
      expect(found(onFollower).remainingMs).toBeGreaterThan(0);
      expect(found(onFollower).connectedAtMs).toBeGreaterThan(1_700_000_000_000);

      const detail = await served.ask<SessionDetail>(member, `/sessions/${idOf(onFollower)}`);
      expect(detail.status).toBe(200);
      expect(detail.json).toMatchObject({ id: idOf(onFollower), ephemeralPaths: ['/owned'] });
      expect([...detail.json.watchedPaths].sort()).toEqual(['/', '/owned']);
    }
    for (const client of clients) await client.ask((it) => it.leave());
  });

  test('are told page by page, and found by id, address and identity', async () => {
    const clients: TestClient[] = [];
    for (let i = 0; i < 9; i++) clients.push(await served.ensemble.session(served.ensemble.members[i % 3]!));
    clients[4]!.auth('digest', 'Ann:secret').flush();
    await clients[4]!.reply();
    await level();
    const asked = followers[1]!;
    const { total, sessions: all } = await list(asked, '?limit=1000');
    const pages: string[] = [];
    for (let offset = 0; offset < total; offset += 4)
      pages.push(...(await list(asked, `?offset=${offset}&limit=4`)).sessions.map(({ id }) => id));
    expect(pages).toEqual(all.map(({ id }) => id));
    expect((await list(asked, `?offset=${total}`)).sessions).toEqual([]);
    expect((await list(asked, '?limit=0')).total).toBe(total);

    const one = all.find(({ id }) => id === idOf(clients[7]!))!;
    for (const [find, expected] of [
      [one.id, [one.id]],
      [one.address!, [one.id]],
      ['digest:ANN', [idOf(clients[4]!)]],
      ['127.0.0.1', all.map(({ id }) => id)],
      ['nothing of the kind', []],
    ] as const) {
      const found = await list(asked, `?find=${encodeURIComponent(find)}`);
      expect(
        found.sessions.map(({ id }) => id),
        find,
      ).toEqual(expect.arrayContaining([...expected]));
      if (find !== one.id)
        expect([found.total, found.sessions.length]).toEqual([expected.length, expected.length]);
      const paged = await list(asked, `?find=${encodeURIComponent(find)}&offset=2&limit=3`);
      expect(paged.sessions.map(({ id }) => id)).toEqual(found.sessions.slice(2, 5).map(({ id }) => id));
      expect(paged.total).toBe(found.total);
    }
    for (const client of clients) await client.ask((it) => it.leave());
  });

  test('are told as they are now, where one has come and one has gone since the page before', async () => {
    const kept = await served.ensemble.session(leader);
    for (let round = 0; round < 3; round++) {
      const client = await served.ensemble.session(leader);
      const { sessions } = await list(leader, '?limit=1000');
      expect(sessions.map(({ id }) => id)).toEqual([idOf(kept), idOf(client)]);
      await client.ask((it) => it.leave());
    }
    await kept.ask((it) => it.leave());
  });

  test('refuse what is no page and no id', async () => {
    for (const query of ['?limit=x', '?offset=-1', '?more=1', `?find=${'x'.repeat(257)}`])
      expect((await served.ask(leader, `/sessions${query}`)).status, query).toBe(400);
    for (const id of ['1', '0x', '0xg', '0x0', `0x${'f'.repeat(14)}`, 'x'])
      for (const method of ['GET', 'DELETE']) {
        const { status, json } = await served.ask<Refused>(leader, `/sessions/${id}`, { method });
        expect([status, json.code], id).toEqual([400, 'bad-request']);
      }
  });
});

describe('the end of a session', () => {
  test('asked for at a follower, of a client of another member, takes it from all of them with what it owned', async () => {
    const [asked, other] = followers as [TestMember, TestMember];
    for (const holder of [other, leader, asked]) {
      const client = await served.ensemble.session(holder);
      await client.ask((it) => it.create('/mine', '', CreateMode.ephemeral));
      const ended = await served.ask(asked, `/sessions/${idOf(client)}`, { method: 'DELETE' });
      expect(ended).toEqual({ status: 204, json: undefined });
      const gone = await served.ask<Refused>(asked, `/sessions/${idOf(client)}`);
      expect([gone.status, gone.json.code]).toEqual([404, 'no-session']);
      await client.raw.closed();
      await level();
      for (const { member } of served.ensemble.members) {
        const { sessions, tree } = member.running!.machine;
        expect([...sessions.values()].map(({ id }) => id)).not.toContain(client.session.id);
        expect(tree.ephemeralCount).toBe(0);
      }
      // It is no session that anybody can go on with.
      const back = await served.ensemble.client(holder);
      expect((await back.attach(client.session)).sessionId).toBe(0);
      const twice = await served.ask<Refused>(asked, `/sessions/${idOf(client)}`, { method: 'DELETE' });
      expect([twice.status, twice.json.code]).toEqual([404, 'no-session']);
    }
    expect(served.log.of('info', 'somebody ends a session').map(({ fields }) => fields.address)).toEqual(
      expect.arrayContaining(['127.0.0.1']),
    );
    const told = served.ensemble.members.flatMap(({ log }) => log.of('info', 'fell silent'));
    expect(told).toEqual([]);
  });
});

describe('who watches a path', () => {
  test('is told of all members, whatever the kind and wherever it was set', async () => {
    const clients = [
      await served.ensemble.session(leader),
      await served.ensemble.session(followers[0]!),
      await served.ensemble.session(followers[1]!),
    ];
    const [one, two, three] = clients as [TestClient, TestClient, TestClient];
    await one.ask((it) => it.create('/seen'));
    await one.ask((it) => it.create('/seen/ü'));
    await level();
    await one.ask((it) => it.get('/seen/ü', true));
    await two.ask((it) => it.children('/seen/ü', true));
    await two.ask((it) => it.aboutWatch(OpCode.addWatch, '/seen/ü', AddWatchMode.persistent));
    await three.ask((it) => it.aboutWatch(OpCode.addWatch, '/seen', AddWatchMode.persistentRecursive));
    await three.ask((it) => it.get('/seen', true));
    const expected = [
      [idOf(one), leader.serverId, 'data', '/seen/ü'],
      [idOf(two), followers[0]!.serverId, 'children', '/seen/ü'],
      [idOf(two), followers[0]!.serverId, 'persistent', '/seen/ü'],
      [idOf(three), followers[1]!.serverId, 'recursive', '/seen'],
    ];
    for (const member of served.ensemble.members) {
      const path = encodeURIComponent('ü');
      const { status, json } = await served.ask<Watchers>(member, `/watchers/seen/${path}`);
      expect([status, json.total, json.silent, json.isCut]).toEqual([200, 4, [], false]);
      const rows = json.watchers.map((each) => [each.session, each.member, each.kind, each.at]);
      expect(rows.sort()).toEqual(expected.sort());
      for (const { address } of json.watchers) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    }
    expect((await served.ask<Watchers>(leader, '/watchers')).json.total).toBe(0);
    expect((await served.ask<Watchers>(leader, '/watchers/')).json.total).toBe(0);
    for (const path of ['/a//b', '/a/', '/a/%00'])
      expect((await served.ask(leader, `/watchers${path}`)).status, path).toBe(400);
    for (const client of clients) await client.ask((it) => it.leave());
  });

  test('is told of the window itself, too, and that it is that: by whichever member', async () => {
    const client = await served.ensemble.session(leader);
    await client.ask((it) => it.create('/looked-at'));
    await client.ask((it) => it.get('/looked-at', true));
    await level();
    const watching = new AbortController();
    const { body } = await fetch(`${served.url(followers[0]!)}/v1/watch/looked-at`, {
      signal: watching.signal,
    });
    // The first event says that the watch is set.
    await body!.getReader().read();
    // The window's own session has come to all of them, too.
    await level();
    for (const member of served.ensemble.members) {
      const { watchers } = (await served.ask<Watchers>(member, '/watchers/looked-at')).json;
      const rows = watchers.map(({ session, member: at, isOwn }) => ({ session, at, isOwn }));
      const own = rows.find(({ isOwn }) => isOwn)!;
      expect(rows).toHaveLength(2);
      expect(rows).toContainEqual({ session: idOf(client), at: leader.serverId, isOwn: false });
      expect(own.at).toBe(followers[0]!.serverId);
      const { sessions } = await list(member);
      const owned = sessions.filter(({ isOwn }) => isOwn).map(({ id }) => id);
      expect(owned).toEqual([own.session]);
    }
    watching.abort();
    await client.ask((it) => it.leave());
  });
});
