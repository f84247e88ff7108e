import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OPEN_ACL } from '../../src/model/acl.ts';
import { ErrorCode } from '../../src/model/error-codes.ts';
import { OpCode } from '../../src/model/op-codes.ts';
import { CreateMode } from '../../src/model/write.ts';
import type { MemberProcess } from './member-process.ts';
import { allServe, leaderOf, sessionAt, threeProcesses } from './three-processes.ts';

const CHILDREN = 90_000;
const CLIENTS = 40;
const nothing = new Uint8Array(0);

let folder: string;
let members: MemberProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-listings-'));
  members = await threeProcesses(folder);
  for (const member of members) member.start();
  await allServe(members);
});

afterEach(() => {
  for (const member of members) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function metric(member: MemberProcess, name: string): Promise<number> {
  const { url } = await member.until('HTTP is open');
  const text = await (await fetch(`${String(url)}metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

it('forty listings of ninety thousand children at once cost no leader its place, and no turn takes long', async () => {
  const leader = await leaderOf(members);
  const writer = await sessionAt(leader);
  await writer.ask(() => writer.create('/many'));
  for (let made = 0; made < CHILDREN; made += 1_000) {
    const items = Array.from({ length: 1_000 }, (_, i) => ({
      op: OpCode.create,
      path: `/many/${`${made + i}`.padStart(39, 'n')}`,
      data: nothing,
      acl: OPEN_ACL,
      flags: CreateMode.persistent,
    }));
    expect((await writer.ask(() => writer.multi(...items))).err).toBe(ErrorCode.ok);
  }
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => sessionAt(leader)));
  const changes = 'rookery_raft_leader_changes_total';
  const before = await Promise.all(members.map((member) => metric(member, changes)));
  for (const client of clients) client.children('/many');
  for (const client of clients) client.flush();
  const replies = await Promise.all(clients.map((client) => client.reply()));
  for (const { err, record } of replies) {
    expect([err, record.remaining]).toEqual([ErrorCode.ok, 4 + CHILDREN * 43]);
  }
  const longestMs = 1_000 * (await metric(leader, 'nodejs_eventloop_lag_max_seconds'));
  expect(longestMs).toBeLessThan(250);
  expect(await Promise.all(members.map((member) => metric(member, changes)))).toEqual(before);
  expect(await writer.data('/many')).toBe('');
  for (const client of [writer, ...clients]) client.close();
});
