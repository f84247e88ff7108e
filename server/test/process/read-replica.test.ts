import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOST } from '../../../testkit/src/endpoint.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';
import { allServe, leaderOf, sessionAt } from './three-processes.ts';

const READER_ID = 101;

let folder: string;
let voters: MemberProcess[];
let reader: MemberProcess;
let place: {
  readonly host: string;
  readonly peerPort: number;
  readonly clientHost: string;
  readonly clientPort: number;
};

/** Three voters whose membership callers decide, and a process that is to read, which has not started. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-reader-'));
  const servers: string[] = [];
  for (const serverId of [1, 2, 3])
    servers.push(`server.${serverId}=${HOST}:${await freePort()}:${await freePort()}`);
  const made = async (serverId: number, lines: readonly string[]): Promise<MemberProcess> => {
    mkdirSync(join(folder, String(serverId)));
    const member = new MemberProcess(join(folder, String(serverId)), serverId, await freePort(), [
      ...lines,
      '4lw.commands.whitelist=srvr,mntr',
      'tickTime=500',
    ]);
    member.environment = { ROOKERY_MEMBERSHIP: 'admin' };
    return member;
  };
  voters = await Promise.all([1, 2, 3].map((serverId) => made(serverId, servers)));
  const peerPort = await freePort();
  const own = `server.${READER_ID}=${HOST}:${peerPort}:${await freePort()}:observer`;
  reader = await made(READER_ID, [...servers, own]);
  place = { host: HOST, peerPort, clientHost: HOST, clientPort: reader.clientPort };
  for (const voter of voters) voter.start();
  await allServe(voters);
});

afterEach(() => {
  for (const member of [...voters, reader]) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Self {
  readonly clusterId: string;
  readonly configurationIndex: number;
}

/** As the operator adds it: before its process is there. */
async function addReader(leader: MemberProcess): Promise<void> {
  const { clusterId, configurationIndex } = (await leader.members()).self as unknown as Self;
  const query = `?expectedIndex=${configurationIndex}`;
  const response = await fetch(`${await leader.url()}admin/members${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ serverId: READER_ID, ...place }),
  });
  expect({ status: response.status, said: await response.text() }).toMatchObject({ status: 200 });
  reader.environment = { ...reader.environment, ROOKERY_CLUSTER_ID: clusterId };
  reader.start();
  await reader.serving();
}

/** The answer to a four-letter word. */
function word({ clientPort }: MemberProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(clientPort, HOST, () => socket.write(text));
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

const isReady = async (member: MemberProcess): Promise<boolean> =>
  (await fetch(`${await member.url()}health/ready`)).status === 200;

describe('a member that only reads', () => {
  test('serves reads, hands writes on, and tells of changes as any member does', async () => {
    const leader = await leaderOf(voters);
    const elsewhere = await sessionAt(leader);
    await elsewhere.ask(() => elsewhere.create('/before', 'x'));
    await addReader(leader);
    const client = await sessionAt(reader);
    expect(await client.data('/before')).toBe('x');
    expect((await client.ask(() => client.create('/written', 'here'))).err).toBe(0);
    expect(await elsewhere.data('/written')).toBe('here');
    expect((await client.ask(() => client.get('/before', true))).err).toBe(0);
    await elsewhere.ask(() => elsewhere.set('/before', 'y'));
    const event = await client.reply();
    expect(event.xid).toBe(-1);
    expect(await client.data('/before')).toBe('y');
    client.close();
    elsewhere.close();
  });

  test('is an observer in the words of ZooKeeper, is ready, and counts for no majority', async () => {
    const leader = await leaderOf(voters);
    await addReader(leader);
    await until(async () => ((await isReady(reader)) ? true : undefined));
    expect(await word(reader, 'srvr')).toContain('Mode: observer\n');
    expect(await word(reader, 'mntr')).toContain('zk_server_state\tobserver\n');
    const told = await until(async () => {
      const answer = await word(leader, 'mntr');
      return answer.includes('zk_synced_observers\t1\n') ? answer : undefined;
    });
    expect(told).toContain('zk_learners\t3\n');
    expect(told).toContain('zk_quorum_size\t3\n');
    expect((await reader.members()).self.role).toBe('learner');
  });

  test('is missed by no write while it is away, and says that it serves nobody while no majority is there', async () => {
    const leader = await leaderOf(voters);
    await addReader(leader);
    await reader.kill('SIGKILL');
    const writer = await sessionAt(leader);
    expect((await writer.ask(() => writer.create('/without', ''))).err).toBe(0);
    writer.close();
    reader.start();
    await reader.serving();
    const client = await sessionAt(reader);
    expect(await client.data('/without')).toBe('');
    client.close();
    await Promise.all(voters.slice(0, 2).map((voter) => voter.kill('SIGKILL')));
    await until(async () => ((await isReady(reader)) ? undefined : true));
  });
});
