import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';
import { sessionAt } from './three-processes.ts';

let folder: string;
let running: MemberProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-standalone-'));
  running = [];
});

afterEach(() => {
  for (const member of running) member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function memberIn(
  name: string,
  serverId = 1,
  settings: readonly string[] = [],
): Promise<MemberProcess> {
  mkdirSync(join(folder, name), { recursive: true });
  const member = new MemberProcess(join(folder, name), serverId, await freePort(), settings);
  running.push(member);
  return member;
}

describe('a standalone member', () => {
  test('serves without anybody else, and has its data when it is started again, after SIGTERM and after kill -9', async () => {
    const member = await memberIn('one');
    for (const [round, signal] of (['SIGTERM', 'SIGKILL', 'SIGINT'] as const).entries()) {
      member.start();
      await member.serving();
      const client = await sessionAt(member);
      for (let before = 0; before < round; before++)
        expect(await client.data(`/round-${before}`)).toBe('kept');
      expect((await client.ask(() => client.create(`/round-${round}`, 'kept'))).err).toBe(0);
      client.close();
      expect(await member.kill(signal)).toEqual(signal === 'SIGKILL' ? [null, 'SIGKILL'] : [0, null]);
    }
  });

  test('lets no second process use its data folder, and goes on itself', async () => {
    const member = await memberIn('one');
    member.start();
    await member.serving();
    const second = await memberIn('one');
    second.start();
    expect(await second.exited()).toEqual([1, null]);
    const error = second.log.find(({ level }) => level === 'error');
    expect(error?.msg).toContain('this member cannot go on');
    expect((error!.err as { message: string }).message).toMatch(
      /data.*another process|another process.*data/,
    );
    const client = await sessionAt(member);
    expect((await client.ask(() => client.create('/still-here'))).err).toBe(0);
    client.close();
  });
});

describe('a member whose port is in use', () => {
  test('ends with a line that names the port and the setting', async () => {
    const one = await memberIn('one');
    one.start();
    await one.serving();
    const two = new MemberProcess(join(folder, 'two'), 1, one.clientPort, []);
    running.push(two);
    mkdirSync(join(folder, 'two'));
    two.start();
    expect(await two.exited()).toEqual([1, null]);
    expect(two.log.find(({ level }) => level === 'error')?.msg).toBe(
      `this member cannot go on: cannot listen for clients at 127.0.0.1:${one.clientPort}: port ${one.clientPort} is in use by another process (EADDRINUSE). ` +
        'End that process, or give this member another client.port (clientPort in a zoo.cfg)',
    );
  });
});

describe('a member that is told to be another one than its data say', () => {
  test('does not start, and says what to correct', async () => {
    const one = await memberIn('one');
    one.start();
    await one.serving();
    await one.kill('SIGTERM');
    mkdirSync(join(folder, 'two'));
    cpSync(one.data, join(folder, 'two', 'data'), { recursive: true });
    const servers = [1, 2].map(
      (serverId) => `server.${serverId}=127.0.0.1:${25_700 + serverId}:${25_710 + serverId}`,
    );
    const two = await memberIn('two', 2, servers);
    two.start();
    expect(await two.exited()).toEqual([1, null]);
    const error = two.log.find(({ level }) => level === 'error');
    expect((error!.err as { message: string }).message).toContain(
      'belong to member 1, but this member is 2: correct myid',
    );
  });
});
