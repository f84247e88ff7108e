import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClient } from '../connections/test-client.ts';
import { GOLDEN } from '../replica/restore-run.ts';
import { type ReadSnapshot, readSnapshot } from '../zookeeper-snapshot/read-snapshot.ts';
import type { MemberProcess } from './member-process.ts';
import { allServe, leaderOf, sessionAt, threeProcesses } from './three-processes.ts';

const HEADERS = { authorization: 'ip', 'content-type': 'application/octet-stream' };

let folder: string;
let members: MemberProcess[];
let clients: TestClient[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-restore-'));
  clients = [];
});

afterEach(() => {
  for (const client of clients) client.close();
  for (const member of members) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...settings: string[]): Promise<void> {
  members = await threeProcesses(folder, ['admin.rateLimiterIntervalInMS=0', ...settings]);
  for (const member of members) member.start();
  await allServe(members);
}

async function session(member: MemberProcess): Promise<TestClient> {
  const client = await sessionAt(member);
  clients.push(client);
  return client;
}

async function urlOf(member: MemberProcess, command: string): Promise<string> {
  return `${String((await member.until('HTTP listening')).url)}commands/${command}`;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly error: string | null; readonly last_zxid?: number };
}

async function restore(member: MemberProcess, snapshot: Uint8Array): Promise<Answer> {
  const answer = await fetch(await urlOf(member, 'restore'), {
    method: 'POST',
    headers: HEADERS,
    body: snapshot,
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

/** These members have it as well: each closes all its clients then, those that only just came among them. */
async function restoredAt(of: readonly MemberProcess[]): Promise<void> {
  await Promise.all(of.map((member) => member.until('a restore has replaced the tree')));
}

/** The tree of a member, with all that is committed now. */
async function treeOf(member: MemberProcess): Promise<ReadSnapshot> {
  const client = await session(member);
  await client.ask(() => client.sync());
  for (;;) {
    const answer = await fetch(await urlOf(member, 'snapshot'), { headers: HEADERS });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const read = answer.status === 200 ? readSnapshot(bytes) : Buffer.from(bytes).toString();
    if (typeof read !== 'string') return read;
    // A follower that has nothing new writes no snapshot.
    expect(read).toContain('ask again after any write');
    await client.ask(() => client.set('/', 'again'));
  }
}

/** Paths of a tree but the root's, with their data and stats. */
function nodesOf({ nodes }: ReadSnapshot): Map<string, unknown> {
  const all = new Map<string, unknown>([...nodes].sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const path of ['/', '/zookeeper/config']) all.delete(path);
  return all;
}

describe('POST /commands/restore of three members', () => {
  test('what Apache ZooKeeper wrote becomes the tree of all of them, and stays it; sessions of before end', async () => {
    await start();
    const leader = await leaderOf(members);
    const follower = members.find((member) => member !== leader)!;
    const before = await session(follower);
    await before.ask(() => before.create('/before', ''));
    const refused = await restore(follower, GOLDEN);
    expect(refused.status).toBe(409);
    expect(refused.body.error).toContain(`ask member ${leader.serverId}`);
    const { status, body } = await restore(leader, GOLDEN);
    expect([status, body.error]).toEqual([200, null]);
    expect(body.last_zxid).toBeGreaterThanOrEqual(0x48);
    await restoredAt(members);
    await before.raw.closed();
    // Whose session is not in the snapshot is told that it has expired.
    const back = await TestClient.connect(follower.clientPort);
    clients.push(back);
    expect((await back.attach(before.session)).sessionId).toBe(0);
    const trees = await Promise.all(members.map(treeOf));
    const golden = readSnapshot(GOLDEN) as ReadSnapshot;
    for (const tree of trees) {
      const nodes = nodesOf(tree);
      expect([...nodes.keys()]).toEqual([...nodesOf(golden).keys()]);
      for (const [path, node] of nodesOf(golden)) {
        // Its session has another id here.
        if (path !== '/live') expect(nodes.get(path), path).toEqual(node);
      }
      expect(nodes).toEqual(nodesOf(trees[0]!));
    }
    await Promise.all(members.map((member) => member.kill('SIGKILL')));
    for (const member of members) member.start();
    await allServe(members);
    const client = await session(members[0]!);
    expect(await client.data('/app')).toBe('config 3');
    const written = await client.ask(() => client.create('/after', ''));
    expect(written.err).toBe(0);
    expect(written.zxid).toBeGreaterThan(body.last_zxid!);
  });

  test('of a copy of their own brings back what was there, and a session that is in it goes on', async () => {
    await start();
    const leader = await leaderOf(members);
    const client = await session(leader);
    await client.ask(() => client.create('/live', 'me', 1));
    await client.ask(() => client.create('/kept', 'as it was'));
    const copy = await fetch(await urlOf(leader, 'snapshot'), { headers: HEADERS });
    const bytes = new Uint8Array(await copy.arrayBuffer());
    await client.ask(() => client.set('/kept', 'changed'));
    const late = await session(leader);
    await late.ask(() => late.create('/late', '', 1));
    expect((await restore(leader, bytes)).status).toBe(200);
    await restoredAt(members);
    await client.raw.closed();
    const back = await TestClient.connect(members.find((member) => member !== leader)!.clientPort);
    clients.push(back);
    expect((await back.attach(client.session)).sessionId).toBe(client.session.id);
    await back.ask(() => back.sync());
    expect([await back.data('/live'), await back.data('/kept'), await back.data('/late')]).toEqual([
      'me',
      'as it was',
      -101,
    ]);
    const gone = await TestClient.connect(leader.clientPort);
    clients.push(gone);
    expect((await gone.attach(late.session)).sessionId).toBe(0);
  });

  test('whose body breaks off changes nothing, and another one may come at once', async () => {
    await start();
    const leader = await leaderOf(members);
    const client = await session(leader);
    await client.ask(() => client.create('/before', 'kept'));
    const half = request(await urlOf(leader, 'restore'), {
      method: 'POST',
      headers: { ...HEADERS, 'content-length': GOLDEN.length },
    });
    half.on('error', () => {});
    half.write(GOLDEN.subarray(0, GOLDEN.length >> 1));
    await leader.until('somebody brings a snapshot');
    expect((await restore(leader, GOLDEN)).status).toBe(409);
    half.destroy();
    await leader.until('was not restored');
    expect(await client.data('/before')).toBe('kept');
    expect((await restore(leader, GOLDEN.subarray(0, 1000))).body.error).toContain('incomplete');
    expect((await restore(leader, GOLDEN)).status).toBe(200);
  });

  test('whose leader dies in the middle is abandoned by the next one, which takes another one', async () => {
    await start();
    const leader = await leaderOf(members);
    const client = await session(leader);
    await client.ask(() => client.create('/before', 'kept'));
    // Large enough for a chunk of it to be in the log.
    const half = request(await urlOf(leader, 'restore'), {
      method: 'POST',
      headers: { ...HEADERS, 'content-length': 10_000_000 },
    });
    half.on('error', () => {});
    half.write(GOLDEN.subarray(0, 1000));
    half.write(Buffer.alloc(200_000));
    await leader.until('was not restored');
    const other = request(await urlOf(leader, 'restore'), {
      method: 'POST',
      headers: { ...HEADERS, 'content-length': 10_000 },
    });
    other.on('error', () => {});
    other.write(GOLDEN.subarray(0, 1000));
    await once(other, 'socket');
    await leader.kill('SIGKILL');
    const others = members.filter((member) => member !== leader);
    await Promise.race(others.map((member) => member.until('became leader')));
    const next = await leaderOf(others);
    let answer = await restore(next, GOLDEN);
    while (answer.status === 503) answer = await restore(next, GOLDEN);
    expect(answer).toMatchObject({ status: 200 });
    leader.start();
    await leader.serving();
    const late = await session(leader);
    await late.ask(() => late.sync());
    expect(await late.data('/app')).toBe('config 3');
  });

  test('beyond the limits is refused, and nothing changes', async () => {
    await start();
    for (const member of members) await member.kill('SIGTERM');
    for (const member of members) {
      member.environment = { ROOKERY_LIMITS_NODES: '10' };
      member.start();
    }
    await allServe(members);
    const leader = await leaderOf(members);
    const { status, body } = await restore(leader, GOLDEN);
    expect(status).toBe(413);
    expect(body.error).toContain('limits.nodes (10)');
    const client = await session(leader);
    expect((await client.ask(() => client.create('/still', ''))).err).toBe(0);
  });
});
