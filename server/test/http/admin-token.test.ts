import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { LOOK_EVERY_MS } from '../../src/http/admin-token.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { FakeMember } from './fake-member.ts';

const first = 'the-first-token-of-all';
const second = 'the-second-token-of-all';

let folder: string;
let file: string;
let nowMs: number;
let log: KeptLog;
let app: FastifyInstance;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-token-'));
  file = join(folder, 'token');
  writeFileSync(file, `${first}\n`);
  nowMs = 0;
  log = new KeptLog();
  const config = { enabled: true, host: '127.0.0.1', port: 0, required: true, token: first, tokenFile: file };
  app = createHttp(new FakeMember(), config, log, { monotonicMs: () => nowMs });
});

afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

async function statusWith(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.inject({ url: '/admin/members', headers })).statusCode;
}

/** With the first token and with the second. */
async function statuses(): Promise<readonly number[]> {
  return [await statusWith(first), await statusWith(second)];
}

describe('a token in a file', () => {
  test('changes with the file, and the former one is none any more', async () => {
    expect(await statuses()).toEqual([200, 401]);
    writeFileSync(file, second);
    nowMs += LOOK_EVERY_MS;
    expect(await statuses()).toEqual([401, 200]);
    expect(log.lines.map(({ message }) => message)).toContain('the token of /admin has changed');
    expect(JSON.stringify(log.lines)).not.toMatch(/the-(first|second)-token/);
  });

  test('changes as Kubernetes changes it: by another folder behind a link', async () => {
    rmSync(file);
    for (const [name, token] of [
      ['a', first],
      ['b', second],
    ] as const) {
      writeFileSync(join(folder, name), token);
    }
    symlinkSync('a', file);
    expect(await statuses()).toEqual([200, 401]);
    rmSync(file);
    symlinkSync('b', file);
    nowMs += LOOK_EVERY_MS;
    expect(await statuses()).toEqual([401, 200]);
  });

  test('is looked for once in a while, however many calls there are', async () => {
    expect(await statusWith(first)).toBe(200);
    writeFileSync(file, second);
    nowMs += LOOK_EVERY_MS - 1;
    for (let call = 0; call < 20; call++) expect(await statusWith(second)).toBe(401);
    nowMs += 1;
    const calls = await Promise.all(Array.from({ length: 20 }, () => statusWith(second)));
    expect(new Set(calls)).toEqual(new Set([200]));
  });

  test.each([
    ['is gone', () => rmSync(file), 'ENOENT'],
    ['holds no token', () => writeFileSync(file, 'sesame'), 'at least 16'],
    ['is empty', () => writeFileSync(file, ''), 'at least 16'],
  ])('stays as it was while the file %s, and the log says so once', async (_what, spoil, why) => {
    spoil();
    for (let look = 0; look < 3; look++) {
      nowMs += LOOK_EVERY_MS;
      expect(await statusWith(first)).toBe(200);
      expect(await statusWith('sesame')).toBe(401);
      expect(await statusWith('')).toBe(401);
    }
    const warnings = log.lines.filter(({ message }) => message.startsWith('cannot read the token'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ level: 'warn', fields: { file, why: expect.stringContaining(why) } });
    writeFileSync(file, second);
    nowMs += LOOK_EVERY_MS;
    expect(await statusWith(second)).toBe(200);
  });
});
