import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MemberProcess } from './member-process.ts';
import { allServe, leaderOf, sessionAt, threeProcesses } from './three-processes.ts';

let folder: string;
let members: MemberProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-orchestrated-'));
  members = await threeProcesses(folder);
  for (const member of members) member.start();
  await allServe(members);
});

afterEach(() => {
  for (const member of members) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function killAll(): Promise<void> {
  await Promise.all(members.map((member) => member.kill('SIGKILL')));
}

async function clusterIdOf(member: MemberProcess): Promise<string> {
  return (await member.members()).self.clusterId;
}

describe('members that something else runs', () => {
  test('make no new cluster of empty disks once they were told which one they belong to', async () => {
    const clusterId = await clusterIdOf(members[0]!);
    await killAll();
    for (const member of members) {
      member.wipe();
      member.environment = { ROOKERY_CLUSTER_ID: clusterId };
      member.start();
    }
    for (const member of members) await member.until(`its cluster ${clusterId} exists`);
    expect(await clusterIdOf(members[0]!)).toBe('');
  });

  test('start with their data and the id of their cluster, and refuse data of another one', async () => {
    const clusterId = await clusterIdOf(members[0]!);
    await killAll();
    for (const member of members) member.environment = { ROOKERY_CLUSTER_ID: clusterId };
    const [one, ...others] = members;
    for (const member of others) member.start();
    await allServe(others);
    one!.environment = { ROOKERY_CLUSTER_ID: '0'.repeat(32) };
    one!.start();
    expect(await one!.exited()).toEqual([1, null]);
    const { err } = one!.log.find(({ level }) => level === 'error')!;
    expect((err as { message: string }).message).toContain(`belong to cluster ${clusterId}`);
  });

  test('undrain: a member that was drained takes part again, and all of them after all were drained', async () => {
    expect(await Promise.all(members.map((member) => member.drain()))).toEqual([0, 0, 0]);
    for (const member of members) {
      expect((await member.members()).self.ready).toBe(false);
      expect(await member.drain('undrain')).toBe(0);
      expect((await member.members()).self).toMatchObject({ ready: true, reason: '' });
    }
  });

  test('drain: another one leads, the drained one is not ready and serves its clients until it stops', async () => {
    const leader = await leaderOf(members);
    const client = await sessionAt(leader);
    expect(await leader.drain()).toBe(0);
    const { self } = await leader.members();
    expect(self).toMatchObject({ ready: false, reason: 'this member is about to stop' });
    expect(self.leader).not.toBe(leader.serverId);
    expect((await client.ask(() => client.create('/still-served'))).err).toBe(0);
    client.close();
    expect(await leader.kill('SIGTERM')).toEqual([0, null]);
    expect(await leader.drain().catch(() => 1)).toBe(1);
  });
});
