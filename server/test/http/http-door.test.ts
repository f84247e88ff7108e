import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import type { HttpBounds } from '../../src/http/http-door.ts';
import { startHttp } from '../../src/http/start-http.ts';
import { RawSocket } from '../platform/raw-socket.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const bounds: HttpBounds = { connections: 8, connectionsPerAddress: 8 };

let log: KeptLog;

async function start(of: HttpBounds = bounds, member = new FakeMember()): Promise<number> {
  log = new KeptLog();
  const config = HTTP;
  const fatal = (error: Error) => log.error({}, error.message);
  const http = (await startHttp({ member, config, token: undefined, bounds: of, log, fatal }))!;
  closing.push(() => http.close());
  return http.port;
}

/** A connection from an address of this machine. */
async function from(localAddress: string, port: number): Promise<RawSocket> {
  const socket: Socket = connect({ host: '127.0.0.1', port, localAddress });
  await once(socket, 'connect');
  const raw = new RawSocket(socket);
  closing.push(() => raw.close());
  return raw;
}

const REQUEST = Buffer.from('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');

async function ask(raw: RawSocket): Promise<void> {
  const before = raw.receivedBytes;
  raw.write(REQUEST);
  await raw.bytes(before + 1);
}

/** As the kubelet's: over a connection of its own. */
async function probe(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/health/live`, { headers: { connection: 'close' } });
  return response.status;
}

describe('a probe is answered', () => {
  test('while somebody holds every place with connections that were asked over before', async () => {
    const port = await start();
    for (let i = 0; i < 30; i++) await ask(await from('127.0.0.1', port));
    for (let i = 0; i < 36; i++) expect(await probe(port)).toBe(200);
  });

  test('while somebody holds every place with connections that are silent', async () => {
    const port = await start();
    for (let i = 0; i < 30; i++) await from('127.0.0.1', port);
    for (let i = 0; i < 36; i++) expect(await probe(port)).toBe(200);
  });

  test('while every place has a request under way', async () => {
    const member = new FakeMember();
    const port = await start(bounds, member);
    for (let i = 0; i < 8; i++) {
      const raw = await from('127.0.0.1', port);
      // The body never comes; that the head was read shows by the leave to send it.
      raw.write(
        Buffer.from(
          'POST /admin/leadership HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
        ),
      );
      await raw.bytes(1);
    }
    for (let i = 0; i < 36; i++) expect(await probe(port)).toBe(200);
  });

  test('while hundreds come at once', async () => {
    const port = await start();
    const crowd = Array.from({ length: 300 }, () => from('127.0.0.2', port));
    await Promise.all(crowd);
    expect(await probe(port)).toBe(200);
  });
});

describe('who has to go', () => {
  test('is the one that was idle the longest', async () => {
    const port = await start({ connections: 3, connectionsPerAddress: 3 });
    const [one, two, three] = [
      await from('127.0.0.1', port),
      await from('127.0.0.1', port),
      await from('127.0.0.1', port),
    ];
    await ask(one!);
    const four = await from('127.0.0.1', port);
    await two!.closed();
    await ask(one!);
    await ask(three!);
    await ask(four);
  });

  test('is one of the same address, where that has more than its share', async () => {
    const port = await start({ connections: 8, connectionsPerAddress: 3 });
    const quiet = await from('127.0.0.1', port);
    const greedy = [];
    for (let i = 0; i < 20; i++) greedy.push(await from('127.0.0.2', port));
    for (const raw of greedy.slice(0, 17)) await raw.closed();
    await ask(quiet);
    expect(log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([
      { address: '127.0.0.2', connections: 8, connectionsPerAddress: 3 },
    ]);
    for (const raw of greedy.slice(17)) await ask(raw);
  });

  test('is not one with a request under way, while another one is idle', async () => {
    const port = await start({ connections: 2, connectionsPerAddress: 2 });
    const busy = await from('127.0.0.1', port);
    busy.write(
      Buffer.from(
        'POST /admin/leadership HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n',
      ),
    );
    await busy.bytes(1);
    const idle = await from('127.0.0.1', port);
    await ask(idle);
    await ask(await from('127.0.0.1', port));
    await idle.closed();
    const before = busy.receivedBytes;
    busy.write(Buffer.from('{"to":3}'));
    expect((await busy.bytes(before + 1)).toString()).toContain('200 OK');
  });
});
