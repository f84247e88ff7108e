import { afterEach, describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { ClientListener, type ClientListenerOptions } from '../../src/platform/client-listener.ts';
import type { ClientSocket, ClientSocketEvents } from '../../src/ports/client-socket.ts';
import { freePort } from './ports.ts';
import { RawSocket } from './raw-socket.ts';

class Accepted implements ClientSocketEvents {
  readonly socket: ClientSocket;
  receivedBytes = 0;
  #chunks: Uint8Array[] = [];
  drains = 0;
  isClosed = false;
  #watchers: (() => void)[] = [];

  constructor(socket: ClientSocket) {
    this.socket = socket;
  }

  received(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.receivedBytes += chunk.length;
    this.#changed();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  drained(): void {
    this.drains++;
    this.#changed();
  }

  closed(): void {
    this.isClosed = true;
    this.#changed();
  }

  async until(done: (accepted: this) => boolean): Promise<void> {
    while (!done(this)) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}

let listener: ClientListener | undefined;
let port: number;
let log: KeptLog;
let nowMs: number;
let accepted: Accepted[];
let waiting: ((accepted: Accepted) => void)[];

async function start(options: Partial<ClientListenerOptions> = {}): Promise<void> {
  log = new KeptLog();
  accepted = [];
  waiting = [];
  nowMs = 0;
  port = await freePort();
  listener = new ClientListener(
    { host: '127.0.0.1', port, maxConnectionsPerAddress: 0, maxConnections: 1_000, ...options },
    (socket) => {
      const events = new Accepted(socket);
      accepted.push(events);
      waiting.shift()?.(events);
      return events;
    },
    log,
    { monotonicMs: () => nowMs, wallMs: () => nowMs },
  );
  await listener.start();
}

afterEach(async () => {
  await listener?.stop();
  listener = undefined;
});

/** A client, and the member's end of its connection. */
async function connectClient(): Promise<{ client: RawSocket; server: Accepted }> {
  const server = new Promise<Accepted>((resolve) => waiting.push(resolve));
  const client = await RawSocket.to(port);
  return { client, server: await server };
}

async function isRefused(): Promise<boolean> {
  const client = await RawSocket.to(port);
  await client.closed();
  return client.receivedBytes === 0;
}

describe('a connection', () => {
  test('carries bytes both ways, and tells where it comes from', async () => {
    await start();
    const { client, server } = await connectClient();
    client.write(Buffer.from('ruok'));
    await server.until(({ bytes }) => bytes.toString() === 'ruok');
    server.socket.write(Buffer.from('imok'));
    expect((await client.bytes(4)).toString()).toBe('imok');
    expect(server.socket.remoteAddress).toBe('127.0.0.1');
    expect(server.socket.remotePort).toBe(client.socket.localPort);
  });

  test('that is ended sends what was written before', async () => {
    await start();
    const { client, server } = await connectClient();
    const bytes = Buffer.alloc(1_000_000, 'x');
    server.socket.write(bytes);
    server.socket.end();
    await client.closed();
    expect(client.received.equals(bytes)).toBe(true);
    await server.until(({ isClosed }) => isClosed);
  });

  test('that is ended is gone after five seconds, even where the client keeps its side open and goes on talking', async () => {
    await start();
    const { client, server } = await connectClient();
    client.socket.allowHalfOpen = true;
    server.socket.end();
    await new Promise((resolve) => client.socket.once('end', resolve));
    const talk = setInterval(() => client.write(Buffer.from('still here')), 100);
    await server.until(({ isClosed }) => isClosed);
    clearInterval(talk);
    client.close();
  });

  test('that is destroyed is gone at once, also for the client', async () => {
    await start();
    const { client, server } = await connectClient();
    server.socket.destroy();
    await client.closed();
    await server.until(({ isClosed }) => isClosed);
  });

  test('that the client resets is closed, and nothing is logged', async () => {
    await start();
    const { client, server } = await connectClient();
    client.socket.resetAndDestroy();
    await server.until(({ isClosed }) => isClosed);
    expect(log.lines).toEqual([]);
  });

  test('that is paused takes in no more than the system buffers, and goes on where it was when it is resumed', async () => {
    await start();
    const { client, server } = await connectClient();
    server.socket.pause();
    const bytes = Buffer.alloc(64 * 1024 * 1024);
    for (let i = 0; i < bytes.length; i += 4) bytes.writeUInt32BE(i, i);
    client.write(bytes);
    // Time enough for what could come: other connections carry on.
    for (let i = 0; i < 20; i++) {
      const other = await connectClient();
      other.client.write(Buffer.alloc(100_000));
      await other.server.until(({ receivedBytes }) => receivedBytes === 100_000);
      other.client.close();
    }
    expect(server.receivedBytes).toBeLessThan(1024 * 1024);
    server.socket.resume();
    await server.until(({ receivedBytes }) => receivedBytes === bytes.length);
    expect(server.bytes.equals(bytes)).toBe(true);
  });

  test('tells how much was not taken yet, and when it was', async () => {
    await start();
    const { client, server } = await connectClient();
    client.socket.pause();
    for (let i = 0; i < 64; i++) server.socket.write(Buffer.alloc(1024 * 1024));
    expect(server.socket.bufferedBytes()).toBeGreaterThan(32 * 1024 * 1024);
    client.socket.resume();
    await server.until(({ drains }) => drains > 0);
    expect(server.socket.bufferedBytes()).toBe(0);
  });
});

describe('the limits on connections', () => {
  test('hold for each address: one more is refused, and may come when another has gone', async () => {
    await start({ maxConnectionsPerAddress: 2 });
    const first = await connectClient();
    await connectClient();
    expect(await isRefused()).toBe(true);
    expect(listener?.refused).toBe(1);
    first.client.close();
    await first.server.until(({ isClosed }) => isClosed);
    const { client, server } = await connectClient();
    client.write(Buffer.from('hello'));
    await server.until(({ receivedBytes }) => receivedBytes === 5);
    expect(accepted).toHaveLength(3);
  });

  test('hold for all together', async () => {
    await start({ maxConnections: 3 });
    for (let i = 0; i < 3; i++) await connectClient();
    expect(await isRefused()).toBe(true);
    expect(accepted).toHaveLength(3);
  });

  test('give the place of one who has said nothing for a second to one who comes, and no other place', async () => {
    await start({ maxConnections: 3 });
    const silent = await connectClient();
    const talking = await connectClient();
    talking.client.write(Buffer.from('ruok'));
    await talking.server.until(({ bytes }) => bytes.length === 4);
    const later = await connectClient();
    expect(await isRefused()).toBe(true);
    nowMs += 1_000;
    const come = await connectClient();
    await silent.client.closed();
    await silent.server.until(({ isClosed }) => isClosed);
    for (const { client, server } of [come, later]) {
      client.write(Buffer.from('ruok'));
      await server.until(({ bytes }) => bytes.length === 4);
    }
    nowMs += 60_000;
    expect(await isRefused()).toBe(true);
    expect([silent, talking, later, come].map(({ server }) => server.isClosed)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('are none per address where the limit is 0', async () => {
    await start({ maxConnectionsPerAddress: 0 });
    for (let i = 0; i < 100; i++) await connectClient();
    expect(accepted).toHaveLength(100);
    expect(listener?.refused).toBe(0);
  });

  test('are counted at each refusal and logged at the first', async () => {
    await start({ maxConnectionsPerAddress: 1 });
    await connectClient();
    for (let i = 0; i < 20; i++) await isRefused();
    expect(listener?.refused).toBe(20);
    expect(log.of('warn', 'too many connections')).toHaveLength(1);
    expect(log.lines[0]?.fields).toEqual({ address: '127.0.0.1', maxClientCnxns: 1, maxConnections: 1_000 });
  });
});

describe('the end', () => {
  test('of the listener closes all connections and the port', async () => {
    await start();
    const { client, server } = await connectClient();
    await listener?.stop();
    await client.closed();
    await server.until(({ isClosed }) => isClosed);
    await expect(RawSocket.to(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is at the beginning where the port is taken', async () => {
    await start();
    const options = { host: '127.0.0.1', port, maxConnectionsPerAddress: 0, maxConnections: 10 };
    const other = new ClientListener(options, () => accepted[0]!, log);
    await expect(other.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
