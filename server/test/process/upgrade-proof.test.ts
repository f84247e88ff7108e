import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST } from '../../../testkit/src/endpoint.ts';
import { PLANTED_MARK } from '../../sim/planted-build.ts';
import { freePort } from '../platform/ports.ts';
import { CountingWriter } from './counting-writer.ts';
import { MemberProcess } from './member-process.ts';
import { allServe, leaderOf, sessionAt } from './three-processes.ts';

const PLANTED = fileURLToPath(new URL('../../sim/planted-member.ts', import.meta.url));

interface Checkpoint {
  readonly index: number;
  readonly digests: readonly { readonly serverId: number; readonly digest: string }[];
}

interface Self {
  readonly reason: string;
  readonly role: string;
  readonly ready: boolean;
  readonly checkpoints: readonly { readonly index: number; readonly digest: string }[];
  readonly differs?: { readonly index: number; readonly own: string; readonly theirs: string };
}

let folder: string;
let voters: MemberProcess[];
let prover: MemberProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-proof-'));
  voters = [];
});

/** Three voters, and a learner that is to prove the version that it runs and has not started. */
async function start(settings: readonly string[] = []): Promise<void> {
  const servers: string[] = [];
  for (const serverId of [1, 2, 3, 4]) {
    const role = serverId === 4 ? 'observer' : 'participant';
    servers.push(`server.${serverId}=${HOST}:${await freePort()}:${await freePort()}:${role}`);
  }
  const members: MemberProcess[] = [];
  for (const serverId of [1, 2, 3, 4]) {
    mkdirSync(join(folder, String(serverId)));
    const lines = [...servers, ...settings];
    members.push(new MemberProcess(join(folder, String(serverId)), serverId, await freePort(), lines));
  }
  voters = members.slice(0, 3);
  prover = members[3]!;
  prover.environment = { ROOKERY_PROVES_VERSION: 'true' };
  for (const voter of voters) voter.start();
  await allServe(voters);
}

afterEach(() => {
  for (const member of voters) member.cleanUp();
  prover.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function selfOf(member: MemberProcess): Promise<Self> {
  return (await member.members()).self as unknown as Self;
}

async function checkpointNow(leader: MemberProcess): Promise<Checkpoint['index']> {
  const response = await fetch(`${await leader.url()}admin/checkpoints`, { method: 'POST' });
  expect(response.status).toBe(200);
  return ((await response.json()) as { index: number }).index;
}

async function checkpointsAt(member: MemberProcess): Promise<readonly Checkpoint[]> {
  const response = await fetch(`${await member.url()}admin/checkpoints`);
  return ((await response.json()) as { checkpoints: readonly Checkpoint[] }).checkpoints;
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a learner that proves a version', () => {
  test('equals the voters at checkpoints that an idle ensemble is asked for, and serves nobody', async () => {
    await start();
    const leader = await leaderOf(voters);
    const client = await sessionAt(leader);
    await client.ask(() => client.create('/before', 'x'));
    prover.start();
    await until(async () => ((await selfOf(prover)).role === 'learner' ? true : undefined));
    for (let round = 0; round < 3; round++) {
      const index = await checkpointNow(leader);
      const digests = await until(async () => {
        const found = (await checkpointsAt(leader)).find((checkpoint) => checkpoint.index === index);
        return found?.digests.length === 4 ? found.digests : undefined;
      });
      expect(digests.map(({ serverId }) => serverId)).toEqual([1, 2, 3, 4]);
      expect(new Set(digests.map(({ digest }) => digest)).size).toBe(1);
      const own = (await selfOf(prover)).checkpoints.find((checkpoint) => checkpoint.index === index);
      expect(own?.digest).toBe(digests[0]!.digest);
    }
    const { ready, reason, differs } = await selfOf(prover);
    expect({ ready, reason, differs }).toEqual({
      ready: false,
      reason: 'it proves a version, and serves no clients',
      differs: undefined,
    });
    expect((await fetch(`${await prover.url()}health/ready`)).status).toBe(503);
    client.close();
  });

  test('that makes another tree stands still and names the first checkpoint that differs, and those who write notice nothing', async () => {
    await start();
    prover.program = [process.execPath, PLANTED];
    const leader = await leaderOf(voters);
    const writer = await CountingWriter.at({ host: HOST, port: leader.clientPort }, '/counted');
    prover.start();
    await until(async () => ((await selfOf(prover)).role === 'learner' ? true : undefined));
    const equal = await checkpointNow(leader);
    await until(async () => (await selfOf(prover)).checkpoints.find(({ index }) => index >= equal));
    expect((await selfOf(prover)).differs).toBeUndefined();

    const client = await sessionAt(voters.find((voter) => voter !== leader)!);
    const { zxid } = await client.ask(() => client.create(`/${PLANTED_MARK}`));
    await checkpointNow(leader);
    const differs = await until(async () => (await selfOf(prover)).differs);
    const first = await until(async () => {
      const after = (await checkpointsAt(leader)).find(({ index }) => index > Number(zxid));
      return after?.digests.length === 4 ? after : undefined;
    });
    expect(differs.index).toBe(first.index);
    expect(first.digests.find(({ serverId }) => serverId === leader.serverId)?.digest).toBe(differs.theirs);
    expect(first.digests.find(({ serverId }) => serverId === 4)?.digest).toBe(differs.own);
    expect(differs.own).not.toBe(differs.theirs);
    expect((await selfOf(prover)).reason).toContain(`at log index ${first.index}`);

    await writer.more(50);
    const { value, version } = await writer.end();
    expect([value, version]).toEqual([writer.acknowledged, writer.acknowledged]);
    for (const voter of voters) {
      const self = await selfOf(voter);
      expect({ ready: self.ready, differs: self.differs }).toEqual({ ready: true, differs: undefined });
    }
    client.close();
  });
});
