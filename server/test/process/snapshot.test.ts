import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestClient } from '../connections/test-client.ts';
import { freePort } from '../platform/ports.ts';
import { readSnapshot } from '../zookeeper-snapshot/read-snapshot.ts';
import { MemberProcess } from './member-process.ts';
import { sessionAt } from './three-processes.ts';

const digestId = (proof: string): string =>
  `${proof.split(':')[0]}:${createHash('sha1').update(proof).digest('base64')}`;

let folder: string;
let member: MemberProcess;
let client: TestClient;
let url: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-snapshot-'));
});

afterEach(() => {
  client.close();
  member.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...settings: string[]): Promise<void> {
  member = new MemberProcess(join(folder, 'member'), 1, await freePort(), settings);
  member.start();
  await member.serving();
  client = await sessionAt(member);
  url = `${String((await member.until('HTTP listening')).url)}commands/snapshot`;
}

const ask = (authorization: string, query = ''): Promise<Response> =>
  fetch(url + query, { headers: { authorization } });

async function statusOf(authorization: string): Promise<number> {
  const answer = await ask(authorization);
  await answer.arrayBuffer();
  return answer.status;
}

describe('GET /commands/snapshot of a member', () => {
  test("is the tree that its clients see, with all stats, and its sessions, in ZooKeeper's format", async () => {
    await start('admin.rateLimiterIntervalInMS=0');
    for (const path of ['/a', '/a/b', '/c']) await client.ask(() => client.create(path, `of ${path}`));
    await client.ask(() => client.create('/a/b/large', 'x'.repeat(1_000_000)));
    await client.ask(() => client.create('/live', 'me', 1));
    const answer = await ask('digest a:b');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(answer.headers.get('snapshot_size')).toBe(String(bytes.length));
    const read = readSnapshot(bytes, 10_000);
    if (typeof read === 'string') throw new Error(read);
    expect(answer.headers.get('last_zxid')).toBe(`0x${read.zxid.toString(16)}`);
    expect([...read.nodes.keys()].sort()).toEqual(
      [
        '/',
        '/a',
        '/a/b',
        '/a/b/large',
        '/c',
        '/live',
        '/zookeeper',
        '/zookeeper/config',
        '/zookeeper/quota',
      ].sort(),
    );
    expect(read.nodes.get('/a/b')).toMatchObject({ data: 'of /a/b', cversion: 1 });
    expect(read.nodes.get('/a/b/large')?.data).toHaveLength(1_000_000);
    expect([...read.sessions.keys()]).toEqual([read.nodes.get('/live')?.owner]);
    // What was written since is in the next one.
    await client.ask(() => client.create('/later', ''));
    const later = readSnapshot(new Uint8Array(await (await ask('digest a:b')).arrayBuffer()));
    expect(typeof later === 'string' ? later : later.nodes.has('/later')).toBe(true);
  });

  test('without streaming leaves a snapshot on the disk, which last_snapshot tells of', async () => {
    await start();
    await client.ask(() => client.create('/a', ''));
    const answer = await ask('ip', '?streaming=false');
    expect(await answer.json()).toEqual({ command: 'snapshot', error: null });
    const last = (await (await fetch(url.replace('snapshot', 'lsnp'))).json()) as {
      zxid: string;
      timestamp: number;
    };
    expect(`0x${last.zxid}`).toBe(answer.headers.get('last_zxid'));
    expect(Math.abs(last.timestamp - Date.now() / 1000)).toBeLessThan(3_600);
  });

  test('is given once in the interval, and then told when again', async () => {
    await start();
    expect(await statusOf('ip')).toBe(200);
    const answer = await ask('ip');
    expect(answer.status).toBe(429);
    expect(await answer.json()).toEqual({
      command: 'snapshot',
      error: 'one snapshot may be fetched in 300000 ms: admin.rateLimiterIntervalInMS',
    });
  });

  test('can be switched off', async () => {
    await start('admin.snapshot.enabled=false');
    expect(await statusOf('digest a:b')).toBe(503);
  });

  test('is for those who are permitted everything on /, and for super, and counts the others', async () => {
    const superDigest = digestId('super:mighty');
    await start('admin.rateLimiterIntervalInMS=0', `DigestAuthenticationProvider.superDigest=${superDigest}`);
    const acl = [{ perms: 31, scheme: 'digest', id: digestId('jane:secret') }];
    const set = await client.ask(() => client.setAcl('/', acl));
    expect(set.err).toBe(0);
    const statuses: Record<string, number> = {};
    for (const header of [
      '',
      'digest jane:secret',
      'digest jane:wrong',
      'ip',
      'Bearer jane',
      'digest super:mighty',
    ])
      statuses[header] = await statusOf(header);
    expect(statuses).toEqual({
      '': 401,
      'digest jane:secret': 200,
      'digest jane:wrong': 403,
      ip: 403,
      'Bearer jane': 401,
      'digest super:mighty': 200,
    });
    const metrics = await (await fetch(new URL('/metrics', url))).text();
    expect(metrics).toContain('rookery_failed_proofs_auth_total 2');
  });

  test('where a token is set is for who has it, and not for everybody, whatever everybody may', async () => {
    await start('admin.rateLimiterIntervalInMS=0', 'admin.serverAddress=127.0.0.1');
    client.close();
    await member.kill('SIGTERM');
    member.environment = { ROOKERY_HTTP_TOKEN: 'a-token-of-some-length' };
    member.start();
    await member.serving();
    client = await sessionAt(member);
    url = `${String((await member.until('HTTP listening')).url)}commands/snapshot`;
    await client.ask(() => client.create('/a', ''));
    expect([
      await statusOf('digest a:b'),
      await statusOf('Bearer another-token-than-it'),
      await statusOf('Bearer a-token-of-some-length'),
    ]).toEqual([403, 401, 200]);
  });
});
