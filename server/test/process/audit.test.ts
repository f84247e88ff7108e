import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpCode } from '@rookery/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestClient } from '../connections/test-client.ts';
import { freePort } from '../platform/ports.ts';
import { MemberProcess } from './member-process.ts';
import { sessionAt } from './three-processes.ts';

let folder: string;
let file: string;
let member: MemberProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-audit-'));
  file = join(folder, 'audit.json');
  member = new MemberProcess(join(folder, 'member'), 1, await freePort(), ['audit.enable=true']);
});

afterEach(() => {
  member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function startAuditing(to?: string): Promise<TestClient> {
  if (to !== undefined) member.environment = { ROOKERY_AUDIT_FILE: to };
  member.start();
  await member.serving();
  return sessionAt(member);
}

type Line = Readonly<Record<string, unknown>>;

function linesIn(path: string): Line[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Operations and what they were done to. */
function told(lines: readonly Line[]): string[] {
  return lines.map(({ operation, znode = '', result }) => `${operation} ${znode} ${result}`);
}

async function create(client: TestClient, path: string): Promise<void> {
  expect((await client.ask(() => client.create(path))).err).toBe(0);
}

/** Looks until it holds; the test's own time limit is the only one. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function metric(name: string): Promise<number> {
  const { url } = await member.until('HTTP listening');
  const text = await (await fetch(`${url}metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))!
      .split(' ')[1],
  );
}

/** More lines than may wait: a megabyte of requests, each of which sets the same node. */
async function overflow(client: TestClient): Promise<void> {
  const sets = Array.from({ length: 30_000 }, () => ({
    op: OpCode.setData,
    path: '/a',
    data: undefined,
    version: -1,
  }));
  expect((await client.ask(() => client.multi(...sets))).err).toBe(0);
}

describe('the audit log', () => {
  test('goes to the member’s log where it has no file, whatever the level of that is', async () => {
    member.environment = { ROOKERY_LOG_LEVEL: 'error' };
    member.start();
    await member.until('audit');
    // Of this level nobody says that it serves.
    let client: TestClient | undefined;
    while (client === undefined) client = await sessionAt(member).catch(() => undefined);
    await create(client, '/a');
    await until(() => member.log.length === 2);
    expect(told(member.log)).toEqual(['serverStart  success', 'create /a success']);
    client.close();
    expect(await member.kill('SIGTERM')).toEqual([0, null]);
    expect(told(member.log).at(-1)).toBe('serverStop  invoked');
  });

  test('goes to a file of its own, for its owner alone, and to a new one of that name on SIGHUP', async () => {
    const client = await startAuditing(file);
    await create(client, '/a');
    await until(() => linesIn(file).length === 2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    renameSync(file, `${file}.1`);
    await create(client, '/b');
    member.signal('SIGHUP');
    await member.until('the audit log is opened anew');
    await create(client, '/c');
    client.close();
    expect(await member.kill('SIGTERM')).toEqual([0, null]);
    expect(told(linesIn(`${file}.1`))).toEqual([
      'serverStart  success',
      'create /a success',
      'create /b success',
    ]);
    expect(told(linesIn(file))).toEqual(['create /c success', 'serverStop  invoked']);
    expect(member.log.filter(({ msg }) => msg === 'audit')).toEqual([]);
    // Appended to when the member starts again.
    const again = await startAuditing(file);
    again.close();
    expect(await member.kill('SIGTERM')).toEqual([0, null]);
    expect(told(linesIn(file)).slice(1)).toEqual([
      'serverStop  invoked',
      'serverStart  success',
      'serverStop  invoked',
    ]);
  });

  test('to a file that cannot be opened is refused at start, in one line', async () => {
    const nowhere = join(folder, 'nowhere', 'audit.json');
    member.environment = { ROOKERY_AUDIT_FILE: nowhere };
    member.start();
    expect(await member.exited()).toEqual([2, null]);
    expect(member.stderr).toBe(`rookery-server: audit.file: cannot open "${nowhere}" (ENOENT)\n`);
  });
});

describe('where the file takes nothing', () => {
  test('because the disk is full, the member serves on, says so, and counts what was lost', async () => {
    const client = await startAuditing('/dev/full');
    await create(client, '/a');
    const said = await member.until('the audit log cannot be written');
    expect(said).toMatchObject({ level: 'error', file: '/dev/full' });
    expect(said.why).toContain('ENOSPC');
    await overflow(client);
    await create(client, '/b');
    expect(await client.data('/b')).toBe('');
    expect(await metric('rookery_audit_lines_lost_total')).toBeGreaterThan(0);
    expect((await member.until('lines of the audit log are lost')).level).toBe('error');
    client.close();
    expect(await member.kill('SIGTERM')).toEqual([0, null]);
  });

  test('because the disk does not answer, the member serves on, and ends when it is told to', async () => {
    execFileSync('mkfifo', [file]);
    // Somebody holds its other end, and reads nothing.
    const holder = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const client = await startAuditing(file);
      await create(client, '/a');
      await overflow(client);
      await overflow(client);
      await create(client, '/b');
      expect(await client.data('/b')).toBe('');
      expect(await metric('rookery_audit_lines_lost_total')).toBeGreaterThan(0);
      client.close();
      const ended = await member.kill('SIGTERM');
      expect(ended).toEqual([null, 'SIGKILL']);
      expect(member.log.map(({ msg }) => msg)).toContain('stopped');
    } finally {
      closeSync(holder);
    }
  });
});
