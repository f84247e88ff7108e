import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestClient } from '../connections/test-client.ts';
import type { MemberProcess } from './member-process.ts';
import { allServe, leaderOf, sessionAt, threeProcesses } from './three-processes.ts';

let folder: string;
let members: MemberProcess[];
let clients: TestClient[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-ensemble-'));
  members = await threeProcesses(folder);
  clients = [];
  for (const member of members) member.start();
  await allServe(members);
});

afterEach(() => {
  for (const client of clients) client.close();
  for (const member of members) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function session(member: MemberProcess): Promise<TestClient> {
  const client = await sessionAt(member);
  clients.push(client);
  return client;
}

/** What a node is at a member, with all that is committed now. */
async function dataAt(member: MemberProcess, path: string): Promise<string | number> {
  const client = await session(member);
  await client.ask(() => client.sync(path));
  return client.data(path);
}

describe('SIGTERM', () => {
  test('of the leader hands leadership over first: exit 0, and clients of the others never lose their connection', async () => {
    const leader = await leaderOf(members);
    const others = members.filter((member) => member !== leader);
    const client = await session(others[0]!);
    await client.ask(() => client.create('/stop', '0'));
    const ended = leader.kill('SIGTERM');
    for (let i = 1; i <= 20; i++)
      expect((await client.ask(() => client.set('/stop', String(i)))).err).toBe(0);
    expect(await ended).toEqual([0, null]);
    expect(leader.log.at(-1)?.msg).toBe('stopped');
    await Promise.race(others.map((member) => member.until('became leader')));
    expect(await dataAt(others[1]!, '/stop')).toBe('20');
    // Handed over, not lost and found again by an election: it followed another leader before it was gone.
    const said = leader.log.map(({ msg }) => msg);
    expect(said.indexOf('following leader', said.indexOf('stopping'))).toBeGreaterThan(
      said.indexOf('stopping'),
    );
  });
});

describe('kill -9', () => {
  test('of all three at once loses nothing that was acknowledged, and their numbers go on', async () => {
    const client = await session(members[0]!);
    let lastZxid = 0;
    for (let i = 0; i < 30; i++) {
      const { err, zxid } = await client.ask(() => client.create(`/n${i}`, `value ${i}`));
      expect(err).toBe(0);
      lastZxid = zxid;
    }
    await Promise.all(members.map((member) => member.kill('SIGKILL')));
    for (const member of members) member.start();
    await allServe(members);
    for (const member of members) {
      const reader = await session(member);
      await reader.ask(() => reader.sync());
      for (let i = 0; i < 30; i++) expect(await reader.data(`/n${i}`)).toBe(`value ${i}`);
    }
    const writer = await session(members[1]!);
    expect((await writer.ask(() => writer.create('/later'))).zxid).toBeGreaterThan(lastZxid);
  });
});

describe('a member that lost its disk', () => {
  test('comes back by itself as a learner under a new id, catches up, and votes', async () => {
    const leader = await leaderOf(members);
    const lost = members.find((member) => member !== leader)!;
    const client = await session(leader);
    for (let i = 0; i < 20; i++) await client.ask(() => client.create(`/w${i}`, 'x'));
    await lost.kill('SIGKILL');
    lost.wipe();
    lost.start();
    await lost.serving();
    await leader.until('member lost its data: removing its id');
    await leader.until('adding member as learner');
    await leader.until('learner promoted to voter: it has caught up');
    const answer = await leader.members();
    const standing = answer.members.find(({ serverId }) => serverId === lost.serverId)!;
    expect(standing.raftId).toBeGreaterThan(3);
    expect(standing.role).toBe('follower');
    expect((await lost.members()).self).toMatchObject({ serverId: lost.serverId, raftId: standing.raftId });
    expect(await dataAt(lost, '/w19')).toBe('x');
    // Its vote counts: with it and one of the others there is a majority.
    const third = members.find((member) => member !== leader && member !== lost)!;
    await third.kill('SIGKILL');
    expect((await client.ask(() => client.set('/w0', 'with two'))).err).toBe(0);
    expect(await dataAt(lost, '/w0')).toBe('with two');
  });
});
