import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateMode, ErrorCode } from '@rookery/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestClient } from '../connections/test-client.ts';
import type { MemberProcess } from './member-process.ts';
import { allServe, leaderOf, sessionAt, threeProcesses } from './three-processes.ts';

let folder: string;
let members: MemberProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-forced-'));
  members = await threeProcesses(folder);
  for (const member of members) member.start();
  await allServe(members);
});

afterEach(() => {
  for (const member of members) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

/** What every client of the member can do: it is there, and more can be written. */
async function writesGoOn(member: MemberProcess, path: string): Promise<void> {
  const client = await sessionAt(member);
  expect((await client.ask(() => client.exists('/kept'))).err).toBe(0);
  expect((await client.ask(() => client.create(path))).err).toBe(0);
  client.close();
}

interface Lost {
  readonly survivor: MemberProcess;
  readonly lost: MemberProcess[];
  readonly copy: string;
  /** Is connected to the survivor, and has an ephemeral node, `/held`. */
  readonly holder: TestClient;
}

/** Longer than any test takes: its session does not end by silence. */
const LONG_MS = 40_000;

/** Two are killed and their data gone; a copy of the data of one is kept for later. */
async function loseTwo(): Promise<Lost> {
  const leader = await leaderOf(members);
  const client = await sessionAt(leader);
  expect((await client.ask(() => client.create('/kept'))).err).toBe(0);
  client.close();
  const survivor = members.find((member) => member !== leader)!;
  const lost = members.filter((member) => member !== survivor);
  const holder = await TestClient.connect(survivor.clientPort);
  expect(await holder.begin({ timeoutMs: LONG_MS })).toMatchObject({ timeoutMs: LONG_MS });
  expect((await holder.ask(() => holder.create('/held', '', CreateMode.ephemeral))).err).toBe(0);
  for (const member of lost) await member.kill('SIGKILL');
  const copy = join(folder, 'copy');
  cpSync(lost[0]!.data, copy, { recursive: true });
  for (const member of lost) member.wipe();
  return { survivor, lost, copy, holder };
}

/** Who had it before is told so at once, and what went with it goes. */
async function formerSessionEnds(survivor: MemberProcess, holder: TestClient): Promise<void> {
  await holder.raw.closed();
  const again = await TestClient.connect(survivor.clientPort);
  expect(await again.attach(holder.session)).toMatchObject({ timeoutMs: 0, sessionId: 0 });
  const other = await sessionAt(survivor);
  const isThere = async () => (await other.ask(() => other.exists('/held'))).err !== ErrorCode.noNode;
  const endMs = performance.now() + LONG_MS / 4;
  while (await isThere()) {
    expect(performance.now()).toBeLessThan(endMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect((await other.ask(() => other.create('/held', '', CreateMode.ephemeral))).err).toBe(0);
  other.close();
  await survivor.until('from before the forced recovery');
}

/** Whether they came by the log from before the recovery, by a snapshot, or by what they had. */
async function allAreEqual(): Promise<void> {
  const leader = await leaderOf(members);
  const made = await fetch(`${await leader.url()}admin/checkpoints`, { method: 'POST' });
  const { index, digest } = (await made.json()) as { index: number; digest: string };
  expect(digest).toMatch(/^[0-9a-f]{32}/);
  for (const member of members) {
    const own = async () => (await member.members()).self.checkpoints.find((each) => each.index === index);
    while ((await own()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await own())?.digest).toBe(digest);
  }
}

/** One comes back with the data that it had, and is not heard; then both come with empty disks, and are members again. */
async function comeBack(
  survivor: MemberProcess,
  lost: readonly MemberProcess[],
  copy: string,
): Promise<void> {
  const [former] = lost as [MemberProcess];
  cpSync(copy, former.data, { recursive: true });
  former.start();
  expect(await former.exited()).toEqual([1, null]);
  expect(former.log.at(-1)?.msg).toMatch(/recovered by force without this member.*empty it, and start/);
  await survivor.until('belongs to the ensemble before the forced recovery 1');
  await writesGoOn(survivor, '/after-the-former-one');
  former.wipe();
  for (const member of lost) member.start();
  await allServe(lost);
  await writesGoOn(former, '/at-a-new-one');
  const { self } = await former.members();
  expect(self).toMatchObject({ recovery: 1 });
  expect(self.raftId).toBeGreaterThan(3);
  await allAreEqual();
}

test('two of three are lost for good: the third is forced over HTTP, sessions end, and writes go on', async () => {
  const { survivor, lost, copy, holder } = await loseTwo();
  const { self } = await survivor.members();
  const ask = async () =>
    await fetch(`${await survivor.url()}admin/force-new-cluster`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ serverId: survivor.serverId, lastIndex: self.lastLogIndex }),
    });
  let answer = await ask();
  // The leader was there a moment ago.
  for (; answer.status === 409; answer = await ask()) {
    expect(await answer.json()).toMatchObject({ code: 'leader-there' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { recovery: 1, index: self.lastLogIndex + 1, term: expect.any(Number) },
  ]);
  while (!(await survivor.members()).self.ready) await new Promise((resolve) => setTimeout(resolve, 20));
  await formerSessionEnds(survivor, holder);
  await writesGoOn(survivor, '/alone');
  await comeBack(survivor, lost, copy);
});

test('two of three are lost for good: the third is forced by the command upon its data, while it is stopped; sessions end', async () => {
  const { survivor, lost, copy, holder } = await loseTwo();
  const busy = await survivor.force();
  expect(busy.code).toBe(1);
  expect(busy.out).toContain('the data folder is in use by another process');
  await survivor.kill('SIGKILL');
  const forced = await survivor.force();
  expect(forced.code).toBe(0);
  expect(forced.out).toContain(
    `member ${survivor.serverId} is the only voter of its cluster (forced recovery 1`,
  );
  expect(forced.out).toContain('empty their folders');
  const again = await survivor.force();
  expect([again.code, again.out]).toEqual([0, expect.stringContaining('Nothing was left to do')]);
  survivor.start();
  await survivor.serving();
  await formerSessionEnds(survivor, holder);
  await writesGoOn(survivor, '/alone');
  await comeBack(survivor, lost, copy);
});
