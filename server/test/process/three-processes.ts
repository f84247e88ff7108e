import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TestClient } from '../connections/test-client.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';

/** Three members in a folder, not started. */
export async function threeProcesses(
  folder: string,
  settings: readonly string[] = [],
): Promise<MemberProcess[]> {
  const servers: string[] = [...settings];
  for (const serverId of [1, 2, 3])
    servers.push(`server.${serverId}=127.0.0.1:${await freePort()}:${await freePort()}`);
  const members: MemberProcess[] = [];
  for (const serverId of [1, 2, 3]) {
    const own = join(folder, String(serverId));
    mkdirSync(own);
    members.push(new MemberProcess(own, serverId, await freePort(), servers));
  }
  return members;
}

export async function allServe(members: readonly MemberProcess[]): Promise<void> {
  await Promise.all(members.map((member) => member.serving()));
}

export async function sessionAt({ clientPort }: MemberProcess): Promise<TestClient> {
  const client = await TestClient.connect(clientPort);
  await client.begin();
  return client;
}

/** The member that leads, as the members say. */
export async function leaderOf(members: readonly MemberProcess[]): Promise<MemberProcess> {
  for (;;) {
    for (const member of members) {
      const { self } = await member.members();
      const leader = members.find(({ serverId }) => serverId === self.leader);
      if (leader !== undefined) return leader;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
