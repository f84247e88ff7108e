import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import type { HttpConfig } from '../../src/config/config.ts';
import type { HttpBounds } from '../../src/http/http-door.ts';
import { type RunningHttp, startHttp } from '../../src/http/start-http.ts';
import { FakeMember } from './fake-member.ts';
import { HTTP } from './http-config.ts';

const config: HttpConfig = HTTP;
const closing: (() => Promise<unknown>)[] = [];
const wide: HttpBounds = { connections: 100, connectionsPerAddress: 100 };

function open(of: HttpConfig, log: KeptLog, bounds = wide): Promise<RunningHttp | undefined> {
  const fatal = (error: Error) => log.error({ err: error }, 'fatal');
  return startHttp({ member: new FakeMember(), config: of, token: undefined, bounds, log, fatal });
}

async function start(change: Partial<HttpConfig> = {}): Promise<RunningHttp> {
  const http = await open({ ...config, ...change }, new KeptLog());
  if (http === undefined) throw new Error('HTTP did not start');
  closing.push(() => http.close());
  return http;
}

/** Sends these bytes and returns all that comes until the other side closes. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return received;
}

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('HTTP over a socket', () => {
  test('answers on loopback, and tells at which port', async () => {
    const { port } = await start();
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect([response.status, await response.json()]).toMatchObject([200, { ready: true }]);
  });

  test('cannot be reached by another address of the machine while on loopback', async () => {
    const { port } = await start();
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one !== undefined && !one.internal && one.family === 'IPv4');
    for (const other of others) {
      const socket = connect(port, other?.address);
      const outcome = await Promise.race([
        once(socket, 'connect').then(() => 'connected'),
        once(socket, 'error').then(() => 'refused'),
      ]).catch(() => 'refused');
      socket.destroy();
      expect(outcome, other?.address).toBe('refused');
    }
  });

  test('refuses a request that names another host, and one that names none', async () => {
    const { port } = await start();
    const get = (headers: string) => `GET /admin/members HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
    expect(await exchange(port, get('Host: evil.example\r\n'))).toMatch(/^HTTP\/1.1 403 .*"forbidden-host"/s);
    expect(await exchange(port, get('Host:\r\n'))).toMatch(/^HTTP\/1.1 403 .*"forbidden-host"/s);
    expect(await exchange(port, get(''))).toMatch(/^HTTP\/1.1 400 /);
    expect(await exchange(port, get(`Host: 127.0.0.1:${port}\r\n`))).toMatch(/^HTTP\/1.1 200 /);
  });

  test('closes on what is no HTTP, and on endless headers', async () => {
    const { port } = await start();
    expect(await exchange(port, 'ruok\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    const endless = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await exchange(port, endless)).toMatch(/^HTTP\/1.1 431 /);
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });

  test('stops although a client keeps its connection in the middle of a request', async () => {
    const { port, close } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const head = 'POST /admin/leadership HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    // The body never comes; that the head arrived shows by the member's leave to send it.
    socket.write(`${head}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n`);
    await once(socket, 'data');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await close();
    await closed;
  });
});

describe('a port that is taken', () => {
  async function taken(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => server.close());
    return (server.address() as AddressInfo).port;
  }

  test('stops the member where it was asked for', async () => {
    await expect(start({ port: await taken() })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('is a warning where it is the default', async () => {
    const log = new KeptLog();
    const port = await taken();
    expect(await open({ ...config, port, required: false }, log)).toBeUndefined();
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({ level: 'warn', fields: { address: `127.0.0.1:${port}` } });
  });

  test('does not matter where HTTP is switched off', async () => {
    const log = new KeptLog();
    expect(await open({ ...config, enabled: false }, log)).toBeUndefined();
    expect(log.lines).toEqual([]);
  });
});
