import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { FOR_CLIENTS, ListenError } from '../../src/listen/listen-error.ts';
import { Listening } from '../../src/listen/listening.ts';
import { freePort } from '../platform/ports.ts';
import { RawSocket } from '../platform/raw-socket.ts';
import { type Answer, nameAnswers, unknownName } from './names.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function resolveTo(...answers: readonly Answer[]): { looks: number } {
  const seen = nameAnswers(...answers);
  closing.push(() => seen.restore());
  return seen;
}

function listeningAt(
  host: string,
  port: number,
  newServer = (): Server => createServer((socket) => socket.end('hello')),
) {
  const log = new KeptLog();
  const listening = new Listening(FOR_CLIENTS, { host, port }, newServer, log);
  closing.push(() => listening.stop());
  return { listening, log };
}

async function greets(port: number, host: string): Promise<boolean> {
  const socket = await RawSocket.to(port, host);
  const text = (await socket.bytes(5)).toString();
  socket.close();
  return text === 'hello';
}

describe('a name that nobody knows yet', () => {
  test('is looked up again until it is known, and the reason is said once', async () => {
    const seen = resolveTo(unknownName(), unknownName(), unknownName(), ['127.0.0.1']);
    const port = await freePort();
    const { listening, log } = listeningAt('zk1.example', port);
    const started = listening.start();
    await listening.attempted;
    expect(listening.waitingFor).toBe('getaddrinfo ENOTFOUND zk1.example');
    await started;
    expect([seen.looks, listening.waitingFor]).toEqual([4, '']);
    expect(await greets(port, '127.0.0.1')).toBe(true);
    expect(log.of('warn').map(({ message }) => message)).toEqual([
      'cannot listen for clients yet: getaddrinfo ENOTFOUND zk1.example; trying on. If it stays so, correct client.host (clientPortAddress in a zoo.cfg)',
    ]);
  });

  test('is not waited for any more once the member stops', async () => {
    resolveTo(unknownName());
    const { listening } = listeningAt('zk1.example', 0);
    const started = listening.start();
    await listening.attempted;
    await listening.stop();
    await started;
    expect(listening.waitingFor).toBe('getaddrinfo ENOTFOUND zk1.example');
  });

  test('may stand for the former address of this machine for a while', async () => {
    const seen = resolveTo(['192.0.2.7'], ['127.0.0.1']);
    const port = await freePort();
    const { listening, log } = listeningAt('zk1.example', port);
    await listening.start();
    expect(seen.looks).toBe(2);
    expect(await greets(port, '127.0.0.1')).toBe(true);
    expect(log.of('warn').map(({ fields }) => fields)).toEqual([
      { address: `zk1.example:${port}`, reason: 'this machine does not have the address 192.0.2.7' },
    ]);
  });
});

describe('a name of several addresses', () => {
  test('is listened at with all of them, and with one port where the system chooses it', async () => {
    resolveTo(['127.0.0.1', '127.0.0.2', '127.0.0.1']);
    const { listening } = listeningAt('zk1.example', 0);
    await listening.start();
    expect(await greets(listening.port, '127.0.0.1')).toBe(true);
    expect(await greets(listening.port, '127.0.0.2')).toBe(true);
  });

  test('is listened at with those that are addresses of this machine', async () => {
    resolveTo(['192.0.2.7', '127.0.0.1']);
    const port = await freePort();
    const { listening, log } = listeningAt('zk1.example', port);
    await listening.start();
    expect(await greets(port, '127.0.0.1')).toBe(true);
    expect(log.of('warn')).toEqual([]);
    expect(log.of('info').map(({ fields }) => fields)).toEqual([
      { host: 'zk1.example', foreign: ['192.0.2.7'] },
    ]);
  });

  test('leaves no listener behind where one of them cannot be had', async () => {
    resolveTo(['127.0.0.1', '127.0.0.2']);
    const port = await freePort();
    const other = listeningAt('127.0.0.2', port);
    await other.listening.start();
    const { listening } = listeningAt('zk1.example', port);
    await expect(listening.start()).rejects.toThrow(ListenError);
    await expect(RawSocket.to(port, '127.0.0.1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('what waiting does not mend', () => {
  /** A server that the system refuses with this code so often, then no more. */
  function refusing(code: string, times: number): () => Server {
    let left = times;
    return () => {
      const server = createServer((socket) => socket.end('hello'));
      const listen = server.listen.bind(server);
      vi.spyOn(server, 'listen').mockImplementation(((options: object) => {
        if (left === 0) return listen(options);
        left--;
        setImmediate(() => server.emit('error', Object.assign(new Error(`listen ${code}`), { code })));
        return server;
      }) as never);
      return server;
    };
  }

  test('is a port in use: its number and what to do are said', async () => {
    const port = await freePort();
    await listeningAt('127.0.0.1', port).listening.start();
    await expect(listeningAt('127.0.0.1', port).listening.start()).rejects.toThrow(
      `cannot listen for clients at 127.0.0.1:${port}: port ${port} is in use by another process (EADDRINUSE). End that process, or give this member another client.port (clientPort in a zoo.cfg)`,
    );
  });

  test('is a port that this user may not have', async () => {
    const { listening } = listeningAt('127.0.0.1', 80, refusing('EACCES', 9));
    await expect(listening.start()).rejects.toThrow(
      'cannot listen for clients at 127.0.0.1:80: the system does not let this user listen at port 80 (EACCES). Give this member a client.port (clientPort in a zoo.cfg) of 1024 or more, or the process the capability NET_BIND_SERVICE',
    );
  });

  test.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'EADDRNOTAVAIL'])(
    'is not %s: it is tried again',
    async (code) => {
      const port = await freePort();
      const { listening, log } = listeningAt('127.0.0.1', port, refusing(code, 2));
      await listening.start();
      expect(await greets(port, '127.0.0.1')).toBe(true);
      expect(log.of('warn')).toHaveLength(1);
    },
  );
});
