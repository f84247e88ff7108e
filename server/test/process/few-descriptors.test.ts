import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';
import { sessionAt } from './three-processes.ts';

let folder: string;
let member: MemberProcess;
let peerPort: number;
let crowd: Socket[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-descriptors-'));
  crowd = [];
  peerPort = await freePort();
  mkdirSync(join(folder, 'one'));
  // The voter is alone and so has a quorum; the observer, who never comes, makes it listen for members.
  member = new MemberProcess(join(folder, 'one'), 1, await freePort(), [
    'maxClientCnxns=0',
    `server.1=127.0.0.1:${peerPort}:${await freePort()}`,
    `server.2=127.0.0.1:${await freePort()}:${await freePort()}:observer`,
  ]);
});

afterEach(() => {
  for (const socket of crowd) socket.destroy();
  member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

/** Connections that say nothing; whether they are kept is the member's to decide. */
async function silent(count: number, port: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    crowd.push(socket);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }
}

describe.each([256, 512])('a member that may have %i file descriptors', (descriptors) => {
  test('stays up, writes on and answers probes, however many connect to each of its ports', async () => {
    member.descriptors = descriptors;
    member.start();
    await member.serving();
    const url = String((await member.until('HTTP listening')).url);
    const said = member.log.find(({ msg }) => msg.includes('file descriptors'));
    expect(said?.msg).toContain(
      `limits.connections is 50000, but this process may have ${descriptors} file descriptors`,
    );
    const client = await sessionAt(member);
    await silent(600, member.clientPort);
    await silent(600, peerPort);
    await silent(600, Number(new URL(url).port));
    // More than a segment of the log: the next one is a file to be opened.
    const value = 'x'.repeat(1_000_000);
    await client.ask(() => client.create('/value'));
    for (let i = 0; i < 80; i++) expect((await client.ask(() => client.set('/value', value))).err).toBe(0);
    const probe = await fetch(`${url}health/live`, { headers: { connection: 'close' } });
    expect(probe.status).toBe(200);
    client.close();
    expect(await member.kill('SIGTERM')).toEqual([0, null]);
  });
});

describe('a member that may have too few file descriptors to be of use', () => {
  test('does not start, and says how many it needs', async () => {
    member.descriptors = 100;
    member.start();
    expect(await member.exited()).toEqual([2, null]);
    expect(member.stderr).toBe(
      'rookery-server: this process may have 100 file descriptors, and a member needs 128 at least: raise the limit (ulimit -n, LimitNOFILE of systemd)\n',
    );
  });
});
