import { once } from 'node:events';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import type { TakenSnapshot } from '../../src/admin/zookeeper-commands.ts';
import { AdminToken } from '../../src/http/admin-token.ts';
import { createHttp } from '../../src/http/create-http.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

const TOKEN = 'a-token-of-some-length';
const open: FastifyInstance[] = [];

function serve(token?: string, commandsPath = '/commands') {
  const member = new FakeMember();
  const log = new KeptLog();
  const waits: number[] = [];
  const app = createHttp(
    member,
    { ...HTTP, commandsPath },
    token === undefined ? undefined : new AdminToken([token]),
    log,
    { wait: async (ms) => void waits.push(ms) },
  );
  open.push(app);
  return { app, member, log, waits };
}

afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

/** How often it was released is known by `released`. */
interface Kept extends TakenSnapshot {
  released: number;
}

function kept(snapshot: Omit<TakenSnapshot, 'release'>): Kept {
  const own: Kept = {
    ...snapshot,
    released: 0,
    release: () => {
      own.released += 1;
    },
  };
  return own;
}

function snapshotOf(pieces: readonly string[], zxid = 0x1b): Kept {
  return kept({
    zxid,
    bytes: pieces.join('').length,
    read: async function* () {
      for (const piece of pieces) yield Buffer.from(piece);
    },
  });
}

/** Looks until it holds; the test's own time limit is the only one. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('GET /commands/snapshot', () => {
  test.each(['/commands/snapshot', '/commands/snap', '/commands/snapshot?streaming=true'])(
    '%s is the snapshot, with its length and its zxid as ZooKeeper tells them',
    async (url) => {
      const { app, member } = serve();
      const snapshot = snapshotOf(['ZKSN', 'and the rest']);
      member.snapshot = snapshot;
      const answer = await app.inject({ url, headers: { authorization: 'digest a:b' } });
      expect([answer.statusCode, answer.body]).toEqual([200, 'ZKSNand the rest']);
      expect(answer.headers).toMatchObject({
        last_zxid: '0x1b',
        snapshot_size: '16',
        'content-length': '16',
        'content-type': 'application/octet-stream',
      });
      expect(snapshot.released).toBeGreaterThan(0);
      expect(member.callers).toEqual([
        { address: '127.0.0.1', certificateSubject: undefined, authorization: 'digest a:b' },
      ]);
    },
  );

  test('without streaming it stays on the disk, and the answer is JSON', async () => {
    const { app, member } = serve();
    let reads = 0;
    const snapshot = kept({
      ...snapshotOf(['ZKSN']),
      read: async function* () {
        reads += 1;
        yield Buffer.of();
      },
    });
    member.snapshot = snapshot;
    const answer = await app.inject({
      url: '/commands/snapshot?streaming=false',
      headers: { authorization: 'digest a:b' },
    });
    expect([answer.statusCode, answer.json()]).toEqual([200, { command: 'snapshot', error: null }]);
    expect(answer.headers).toMatchObject({ last_zxid: '0x1b', snapshot_size: '4' });
    expect([reads, snapshot.released]).toEqual([0, 1]);
  });

  test.each([
    [401, 'Not authenticated'],
    [403, 'Not authorized'],
  ])(
    'is refused with %i as ZooKeeper tells it, nothing is taken, and the failure counts',
    async (status, error) => {
      const { app, member, log } = serve();
      member.refused = { status, error };
      member.snapshot = snapshotOf(['secret']);
      const answer = await app.inject({ url: '/commands/snap', headers: { authorization: 'digest a:b' } });
      expect([answer.statusCode, answer.json()]).toEqual([status, { command: 'snapshot', error }]);
      expect(member.failed).toEqual(['127.0.0.1 auth']);
      expect(log.of('info', 'somebody asks')).toEqual([]);
    },
  );

  test('whoever says nothing guesses nothing', async () => {
    const { app, member } = serve();
    member.refused = { status: 401, error: 'Auth info is missing for the command' };
    expect((await app.inject('/commands/snapshot')).statusCode).toBe(401);
    expect(member.failed).toEqual([]);
  });

  test('of who keeps failing what it says next is looked at later', async () => {
    const { app, member, waits } = serve();
    member.delayMs = 700;
    await app.inject({ url: '/commands/snapshot', headers: { authorization: 'digest a:b' } });
    expect(waits).toEqual([700]);
  });

  test('the token opens it, whatever the access list says; another one does not, and counts', async () => {
    const { app, member } = serve(TOKEN);
    member.refused = { status: 401, error: 'Not authenticated' };
    member.snapshot = snapshotOf(['ZKSN']);
    const ask = (token: string) =>
      app.inject({ url: '/commands/snapshot', headers: { authorization: `Bearer ${token}` } });
    expect((await ask(TOKEN)).statusCode).toBe(200);
    expect((await ask('another-token-than-that')).statusCode).toBe(401);
    expect(member.failed).toEqual(['127.0.0.1 admin token']);
  });

  test('is one at a time, and tells what is wrong', async () => {
    const { app, member } = serve();
    member.snapshot = { status: 409, error: 'another snapshot is being taken or fetched: ask again later' };
    const answer = await app.inject({ url: '/commands/snapshot', headers: { authorization: 'ip' } });
    expect([answer.statusCode, answer.json()]).toEqual([
      409,
      { command: 'snapshot', error: 'another snapshot is being taken or fetched: ask again later' },
    ]);
  });

  test('of a member that does not serve is told so, and no failure, as in ZooKeeper', async () => {
    const { app, member } = serve();
    member.notServing = 'This ZooKeeper instance is not currently serving requests';
    const answer = await app.inject('/commands/snapshot');
    expect([answer.statusCode, answer.json().error]).toEqual([200, member.notServing]);
  });

  test('is not for a page of another site, nor by another method', async () => {
    const { app, member } = serve();
    const headers = { authorization: 'ip', host: '127.0.0.1', origin: 'http://elsewhere.example' };
    expect((await app.inject({ url: '/commands/snapshot', headers })).statusCode).toBe(403);
    expect((await app.inject({ url: '/commands/snapshot', method: 'POST' })).statusCode).toBe(405);
    await app.inject({ url: '/commands/snapshot', method: 'HEAD' });
    expect(member.callers).toEqual([]);
  });

  test('a caller that does not read is given no more than a few pieces, and when it goes the snapshot is released', async () => {
    const { app, member, log } = serve();
    let made = 0;
    const piece = Buffer.alloc(64 * 1024);
    const snapshot = kept({
      zxid: 1,
      bytes: piece.length * 10_000,
      read: async function* () {
        for (; made < 10_000; made++) yield piece;
      },
    });
    member.snapshot = snapshot;
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as { port: number };
    const socket = connect({ host: '127.0.0.1', port });
    socket.pause();
    socket.write('GET /commands/snapshot HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ip\r\n\r\n');
    await until(() => made > 0);
    let before = -1;
    while (before !== made) {
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // What the system holds for both ends is several megabytes; the whole is 640.
    expect(made).toBeLessThan(500);
    socket.destroy();
    await until(() => snapshot.released === 1);
    expect(log.of('warn', 'not fetched to its end')).toHaveLength(1);
  });

  test('one that cannot be read breaks off, so that nobody takes what came for the whole', async () => {
    const { app, member } = serve();
    const snapshot = kept({
      zxid: 1,
      bytes: 1_000,
      read: async function* () {
        yield Buffer.from('ZKSN');
        throw new Error('the disk is gone');
      },
    });
    member.snapshot = snapshot;
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as { port: number };
    const socket = connect({ host: '127.0.0.1', port });
    socket.write('GET /commands/snapshot HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ip\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    expect(snapshot.released).toBe(1);
  });
});

describe('POST /commands/restore', () => {
  const type = 'application/octet-stream';
  const bring = (app: FastifyInstance, headers: Record<string, string> = {}, url = '/commands/restore') =>
    app.inject({
      url,
      method: 'POST',
      headers: { 'content-type': type, authorization: 'ip', ...headers },
      payload: Buffer.from('ZKSN and all'),
    });

  test.each(['/commands/restore', '/commands/rest'])(
    '%s has the body restored, whatever its length, and tells up to where it goes',
    async (url) => {
      const { app, member, log } = serve();
      const answer = await bring(app, {}, url);
      expect([answer.statusCode, answer.json()]).toEqual([
        200,
        { last_zxid: 27, command: 'restore', error: null },
      ]);
      expect(Buffer.concat(member.restored).toString()).toBe('ZKSN and all');
      expect(log.of('warn', 'takes the place of the whole tree')).toHaveLength(1);
      const large = await app.inject({
        url,
        method: 'POST',
        headers: { 'content-type': type, authorization: 'ip' },
        payload: Buffer.alloc(5_000_000),
      });
      expect(large.statusCode).toBe(200);
    },
  );

  test('is refused before its body is looked at: to who may not, and where there is none now', async () => {
    const { app, member } = serve();
    member.refused = { status: 403, error: 'Not authorized' };
    const answer = await bring(app);
    expect([answer.statusCode, answer.json()]).toEqual([
      403,
      { command: 'restore', error: 'Not authorized' },
    ]);
    member.refused = undefined;
    member.noRestore = { status: 409, error: 'only the leader restores: ask member 2, at two' };
    expect((await bring(app)).json().error).toBe('only the leader restores: ask member 2, at two');
    expect([member.restored, member.failed]).toEqual([[], ['127.0.0.1 auth']]);
  });

  test('takes nothing but such a stream, and no other call takes one', async () => {
    const { app, member } = serve();
    for (const other of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      expect((await bring(app, { 'content-type': other })).statusCode, other).toBe(415);
    expect((await bring(app, {}, '/admin/leadership')).statusCode).toBe(415);
    const foreign = { host: '127.0.0.1', origin: 'http://elsewhere.example' };
    expect((await bring(app, foreign)).statusCode).toBe(403);
    expect(member.restored).toEqual([]);
  });

  test('that breaks off is told to the member, which then has not got it all', async () => {
    const { app, member, log } = serve();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as { port: number };
    const socket = connect({ host: '127.0.0.1', port });
    socket.write(
      `POST /commands/restore HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ip\r\ncontent-type: ${type}\r\ncontent-length: 1000\r\n\r\nZKSN`,
    );
    await until(() => member.restored.length > 0);
    socket.destroy();
    await until(() => log.of('warn', 'was not restored').length > 0);
  });
});

test('a body that does not come is waited for no longer than its time, unless it is a snapshot', async () => {
  const member = new FakeMember();
  const app = createHttp(member, HTTP, undefined, new KeptLog(), { bodyTimeoutMs: 30 });
  open.push(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const ask = (path: string, type: string) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ip\r\ncontent-type: ${type}\r\ncontent-length: 9\r\n\r\n{`,
    );
    socket.on('error', () => {});
    socket.resume();
    return socket;
  };
  const stream = ask('/commands/restore', 'application/octet-stream');
  for (const path of ['/admin/leadership', '/nowhere']) await once(ask(path, 'application/json'), 'close');
  expect(stream.closed).toBe(false);
  stream.write('12345678');
  await until(() => Buffer.concat(member.restored).length === 9);
  stream.destroy();
});

describe('the commands at another path', () => {
  test('are there, and nothing is at theirs', async () => {
    const { app, member } = serve(TOKEN, '/zk/cmd');
    member.snapshot = snapshotOf(['ZKSN']);
    expect((await app.inject('/zk/cmd')).body).toContain('<a href="/zk/cmd/ruok">');
    expect((await app.inject('/zk/cmd/ruok')).json()).toMatchObject({ told: 'ruok' });
    expect((await app.inject('/commands/ruok')).statusCode).toBe(404);
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await app.inject({ url: '/zk/cmd/snapshot', headers })).statusCode).toBe(200);
  });

  test('are guarded there', async () => {
    const { app } = serve(TOKEN, '/zk/cmd');
    expect((await app.inject('/zk/cmd/watches')).statusCode).toBe(401);
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await app.inject({ url: '/zk/cmd/watches', headers })).statusCode).toBe(200);
    const foreign = { ...headers, origin: 'http://elsewhere.example', host: '127.0.0.1' };
    expect((await app.inject({ url: '/zk/cmd/watches', headers: foreign })).statusCode).toBe(403);
  });
});
