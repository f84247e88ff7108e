import { once } from 'node:events';
import { ErrorCode, OpCode, readMultiReadResults } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/connections/connection.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import { dataOf, type TestClient } from './test-client.ts';

const MB = 1024 * 1024;
/** What may be owed to one client, with a request or reply of full length on top, and what the machinery around it takes. */
const MOST_OF_ONE = 16 * MB;
const LARGE = 'v'.repeat(1_000_000);

let ensemble: TestEnsemble;
let member: TestMember;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3);
  member = ensemble.followers[0]!;
  const client = await ensemble.session(member);
  await client.ask(() => client.create('/large', LARGE));
});

afterAll(async () => {
  await ensemble.stop();
});

function connectionOf(client: TestClient, at = member): Connection {
  const found = [...at.member.clients.registry].find(({ session }) => session === client.session.id);
  if (found === undefined) throw new Error('there is no such connection');
  return found;
}

/** Memory outside of V8's heap, where data and buffers are, and the heap itself. */
function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sends what `write` writes, again and again, until nobody takes any more. */
async function pour(client: TestClient, write: () => void): Promise<void> {
  const { socket } = client.raw;
  for (let stuck = 0; stuck < 20; ) {
    write();
    client.raw.write(client.out.copy());
    client.out.clear();
    if (socket.writableLength === 0) stuck = 0;
    else {
      const before = socket.writableLength;
      await Promise.race([once(socket, 'drain'), turns(50)]);
      stuck = socket.writableLength < before ? 0 : stuck + 1;
      if (socket.writableLength > 8 * MB) return;
    }
  }
}

/** So many rounds of the event loop. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a client that never reads its replies', () => {
  test('costs a bounded amount of memory however much it asks for, and others are served', async () => {
    const before = usedBytes();
    const greedy = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = await ensemble.session(member);
        client.raw.socket.pause();
        await pour(client, () => {
          for (let i = 0; i < 500; i++) client.get('/large');
        });
        return client;
      }),
    );
    for (const client of greedy) {
      const connection = connectionOf(client);
      expect(connection.isReading).toBe(false);
      expect(connection.socket.bufferedBytes()).toBeLessThan(8 * MB);
    }
    // What the clients themselves hold back counts here, too: they live in this process.
    const held = greedy.reduce((sum, { raw }) => sum + raw.socket.writableLength, 0);
    expect(usedBytes() - before - held).toBeLessThan(greedy.length * MOST_OF_ONE);
    const other = await ensemble.session(member);
    for (let i = 0; i < 20; i++) expect(await other.data('/large')).toBe(LARGE);
    expect((await other.ask(() => other.set('/large', LARGE))).err).toBe(ErrorCode.ok);
    for (const client of greedy) client.close();
  });

  test('nor does it cost more by multiReads, of which one answer can be as large as many', async () => {
    const client = await ensemble.session(member);
    client.raw.socket.pause();
    const reads = Array.from({ length: 12 }, () => ({ op: OpCode.getData, path: '/large' }));
    const xids = Array.from({ length: 20 }, () => client.multiRead(...reads));
    client.flush();
    const connection = connectionOf(client);
    await until(() => !connection.isReading);
    expect(connection.socket.bufferedBytes()).toBeLessThan(2 * MOST_OF_ONE);
    client.raw.socket.resume();
    for (const xid of xids) {
      const reply = await client.reply();
      expect([reply.xid, readMultiReadResults(reply.record).length]).toEqual([xid, reads.length]);
    }
    client.close();
  });
});

describe('requests that must wait', () => {
  test('behind a sync that nobody answers stay in the socket beyond a few, and are answered when it is', async () => {
    const alone = await TestEnsemble.start(3, { syncLimit: 60 });
    try {
      const [kept, ...others] = [alone.followers[0]!, alone.leader, alone.followers[1]!];
      const client = await alone.session(kept);
      await client.ask(() => client.create('/set', ''));
      await Promise.all(others.map((other) => other.stop()));
      const sync = client.sync();
      const last = Array.from({ length: 30 }, (_, i) => client.set('/set', `${i}${LARGE}`)).at(-1)!;
      client.get('/set');
      client.flush();
      const connection = connectionOf(client, kept);
      await until(() => !connection.isReading);
      await turns(100);
      expect(connection.outstanding).toBeLessThan(8);
      await Promise.all(others.map((other) => other.start()));
      for (let xid = sync; xid <= last; xid++) {
        expect(await client.reply()).toMatchObject({ xid, err: ErrorCode.ok });
      }
      expect(dataOf((await client.reply()).record).slice(0, 3)).toBe('29v');
    } finally {
      await alone.stop();
    }
  });

  test('before the session is there stay in the socket beyond a megabyte', async () => {
    const alone = await TestEnsemble.start(3, { syncLimit: 60 });
    try {
      const [kept, ...others] = [alone.followers[0]!, alone.leader, alone.followers[1]!];
      await Promise.all(others.map((other) => other.stop()));
      const client = await alone.client(kept);
      client.greet();
      client.create('/early', '');
      for (let i = 0; i < 30; i++) client.set('/early', `${i}${LARGE}`);
      client.get('/early');
      client.flush();
      await until(() => [...kept.member.clients.registry].some(({ isReading }) => !isReading));
      await turns(100);
      const [connection] = [...kept.member.clients.registry].filter(({ session }) => session === 0);
      expect(connection!.stats.receivedPackets).toBeLessThan(6);
      await Promise.all(others.map((other) => other.start()));
      await client.welcome();
      for (let xid = 1; xid <= 31; xid++) expect((await client.reply()).xid).toBe(xid);
      expect(dataOf((await client.reply()).record).slice(0, 3)).toBe('29v');
    } finally {
      await alone.stop();
    }
  });
});

describe('a connection without a session', () => {
  const brief = { host: '127.0.0.1', maxConnectionsPerAddress: 0, maxFrameBytes: 1_048_575 };

  test('is closed after a while, whether nothing came, a trickle or a part of a connect request', async () => {
    const alone = await TestEnsemble.start(1);
    try {
      const { config } = alone.leader;
      Object.assign(config, { client: { ...config.client, ...brief, sessionlessTimeoutMs: 200 } });
      const session = await alone.session(alone.leader);
      const silent = await alone.client(alone.leader);
      const begun = await alone.client(alone.leader);
      begun.raw.write(Uint8Array.of(0, 0, 0, 45, 0));
      const trickling = await alone.client(alone.leader);
      trickling.raw.write(Uint8Array.of(0, 1, 0, 0));
      const drip = setInterval(() => trickling.raw.write(Uint8Array.of(0)), 20);
      await Promise.all([silent, begun, trickling].map(({ raw }) => raw.closed()));
      clearInterval(drip);
      expect(await session.data('/')).toBe('');
      expect(alone.leader.log.of('warn', 'closed connections')[0]?.fields.reason).toContain(
        'no session for 200 ms',
      );
    } finally {
      await alone.stop();
    }
  });
});
