import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectOptions } from '../../src/connect.ts';
import { type Client, CoordinationError, isCoordinationError } from '../../src/index.ts';
import { TestServer } from '../../src/testing/index.ts';

const TIMEOUT_MS = 6_000;
let server: TestServer;

beforeEach(async () => {
  server = await TestServer.start({ clock: 'held' });
});

afterEach(() => server.stop());

const connect = (options: ConnectOptions = {}): Promise<Client> =>
  server.connect({ sessionTimeoutMs: TIMEOUT_MS, ...options });

/** What was asked for has left, and has not arrived. */
const afterSending = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Told {
  readonly state: string;
  readonly why: string;
}

function statesOf(zk: Client): Told[] {
  const told: Told[] = [];
  zk.onState((state, why) => told.push({ state, why }));
  return told;
}

async function failure(promise: Promise<unknown>): Promise<CoordinationError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CoordinationError);
  return error as CoordinationError;
}

describe('a session', () => {
  test('goes on for as long as its client pings, whatever the time', async () => {
    const zk = await connect();
    await zk.create('/e', '', { kind: 'ephemeral' });
    const { id } = zk.session;
    await server.advance(100 * TIMEOUT_MS);
    expect(zk.session).toMatchObject({ id, state: 'connected', isHeld: true });
    const exists = zk.exists('/e');
    await server.advance(0);
    expect(await exists).toBeDefined();
  });

  test('goes on over another connection, with its ephemeral nodes', async () => {
    const zk = await connect();
    await zk.create('/e', '', { kind: 'ephemeral' });
    const { id } = zk.session;
    const told = statesOf(zk);
    server.breakConnections();
    await server.advance(100);
    expect(told.map(({ state }) => state)).toEqual(['suspended', 'connected']);
    expect(told[0]?.why).toMatch(/test-server:2181 broke: the connection was broken/);
    expect(zk.session).toMatchObject({ id, isHeld: true });
    expect((await zk.exists('/e'))?.ephemeralOwner).toBe(id);
  });

  test('is suspended where nobody answers, and lost by its own clock before the server gives its nodes up', async () => {
    const zk = await connect();
    const other = await connect();
    await zk.create('/e', '', { kind: 'ephemeral' });
    const { session } = zk;
    const told = statesOf(zk);
    server.cutOff(zk);
    await server.advance(TIMEOUT_MS * 0.94);
    expect(told.map(({ state }) => state)).toEqual(['suspended']);
    expect([session.isHeld, session.signal.aborted]).toEqual([true, false]);
    await server.advance(TIMEOUT_MS * 0.05);
    expect(told.map(({ state }) => state).slice(0, 2)).toEqual(['suspended', 'lost']);
    expect([session.state, session.isHeld, session.signal.aborted]).toEqual(['lost', false, true]);
    expect(isCoordinationError(session.signal.reason, 'SESSION_LOST')).toBe(true);
    const still = other.exists('/e');
    await server.advance(0);
    expect(await still).toBeDefined();
    await server.advance(3 * TIMEOUT_MS);
    const gone = other.exists('/e');
    await server.advance(0);
    expect(await gone).toBeUndefined();
  });

  test('is not held any more after the process slept over it, before any timer says so', async () => {
    const zk = await connect();
    const { session } = zk;
    server.sleepOver(2 * TIMEOUT_MS);
    expect(session.state).toBe('connected');
    expect(session.isHeld).toBe(false);
    await server.advance(1);
    expect(session.state).toBe('lost');
  });

  test('that is lost is followed by another one, unless that is not wanted', async () => {
    const zk = await connect();
    const last = await connect({ endsWithSession: true });
    const { id } = zk.session;
    server.cutOff();
    await server.advance(2 * TIMEOUT_MS);
    expect(zk.state).toBe('connecting');
    expect(last.state).toBe('lost');
    server.reconnect();
    await server.advance(3_000);
    expect(zk.state).toBe('connected');
    expect(zk.session.id).not.toBe(id);
    expect(await failure(last.get('/'))).toMatchObject({ code: 'SESSION_LOST', retry: 'safe' });
  });

  test('that the server has ended meanwhile is lost at once', async () => {
    const zk = await connect({ endsWithSession: true });
    const told = statesOf(zk);
    const ended = server.expire(zk);
    await server.advance(0);
    await ended;
    await server.advance(1_000);
    expect(told.at(-1)).toEqual({ state: 'lost', why: 'the server says that the session has expired' });
  });

  test('is ended by close: its nodes go, calls under way are answered, those after it are refused', async () => {
    const zk = await connect();
    const other = await connect();
    const { session } = zk;
    const created = zk.create('/e', '', { kind: 'ephemeral' });
    const closed = zk.close();
    await server.advance(0);
    await closed;
    expect((await created).path).toBe('/e');
    expect([session.state, session.signal.aborted]).toEqual(['closed', true]);
    expect(await failure(zk.get('/'))).toMatchObject({ code: 'CLOSED' });
    await server.advance(100);
    const gone = other.exists('/e');
    await server.advance(0);
    expect(await gone).toBeUndefined();
    await zk.close();
  });

  test('is ended where a block that uses it is left', async () => {
    let left: Client;
    {
      await using zk = await connect();
      left = zk;
    }
    expect(left.state).toBe('closed');
  });
});

describe('the first session', () => {
  test('is waited for only for so long, and the error says why there was none', async () => {
    server.cutOff();
    const connected = failure(connect({ connectTimeoutMs: 10_000 }));
    await server.advance(10_001);
    expect(await connected).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      operation: 'connect',
      retry: 'safe',
      message: expect.stringMatching(/within 10000 ms: test-server:2181: it gave no session in time/),
    });
  });

  test('may be given up', async () => {
    server.cutOff();
    const abort = new AbortController();
    const connected = failure(connect({ signal: abort.signal }));
    abort.abort('enough');
    expect(await connected).toMatchObject({ code: 'ABORTED', cause: 'enough' });
    expect(await failure(connect({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'ABORTED' });
  });
});

describe('a call', () => {
  test('waits while nobody is connected, and is done in its turn', async () => {
    const zk = await connect();
    server.breakConnections();
    const calls = Promise.all([zk.create('/a', '1'), zk.set('/a', '2'), zk.get('/a')]);
    await server.advance(100);
    expect((await calls)[2].data.toString()).toBe('2');
  });

  test('whose connection broke is asked again where it reads, and in doubt where it writes', async () => {
    const zk = await connect();
    await zk.create('/a', '1');
    await server.advance(0);
    const read = zk.get('/a');
    const written = failure(zk.set('/a', '2'));
    await afterSending();
    server.breakConnections();
    await server.advance(100);
    expect((await read).data.length).toBe(1);
    expect(await written).toMatchObject({
      code: 'CONNECTION_LOST',
      operation: 'set',
      path: '/a',
      retry: 'in-doubt',
    });
  });

  test('that nobody answers in time fails: safe to be asked again only where it was not sent, or reads', async () => {
    const zk = await connect({ callTimeoutMs: 1_000 });
    server.cutOff();
    const calls = [
      failure(zk.get('/a')),
      failure(zk.set('/a', '')),
      failure(zk.set('/b', '', { timeoutMs: 100 })),
    ];
    await server.advance(2_000);
    expect(await Promise.all(calls)).toMatchObject([
      { code: 'DEADLINE_EXCEEDED', retry: 'safe' },
      { code: 'DEADLINE_EXCEEDED', retry: 'in-doubt' },
      {
        code: 'DEADLINE_EXCEEDED',
        retry: 'in-doubt',
        message: expect.stringMatching(/set \/b: no answer within 100 ms/),
      },
    ]);
    await server.advance(TIMEOUT_MS * 0.9);
    const unsent = failure(zk.set('/a', ''));
    await server.advance(2_000);
    expect(await unsent).toMatchObject({ code: 'DEADLINE_EXCEEDED', retry: 'safe' });
  });

  test('is given up by its signal, and the answer that comes all the same goes to nobody else', async () => {
    const zk = await connect();
    await zk.create('/a', 'a');
    await zk.create('/b', 'b');
    const abort = new AbortController();
    const given = failure(zk.get('/a', { signal: abort.signal }));
    const kept = zk.get('/b', { signal: abort.signal, timeoutMs: 10_000 });
    await afterSending();
    await kept;
    abort.abort(new Error('enough'));
    expect(await failure(zk.get('/a', { signal: abort.signal }))).toMatchObject({
      code: 'ABORTED',
      retry: 'safe',
    });
    await given.catch(() => undefined);
    expect((await zk.get('/b')).data.toString()).toBe('b');
  });

  test('of a lost session fails with it, and is in doubt if it was a write under way', async () => {
    const zk = await connect();
    server.cutOff();
    const sent = failure(zk.set('/a', ''));
    await server.advance(TIMEOUT_MS / 2);
    await server.advance(TIMEOUT_MS / 4);
    const waiting = failure(zk.set('/b', ''));
    await server.advance(TIMEOUT_MS);
    expect(await sent).toMatchObject({ code: 'CONNECTION_LOST', retry: 'in-doubt' });
    expect(await waiting).toMatchObject({ code: 'SESSION_LOST', retry: 'safe' });
  });

  test('is refused at once where too many wait', async () => {
    const zk = await connect({ maxPendingCalls: 3 });
    const calls = Promise.all([1, 2, 3].map(() => zk.exists('/a')));
    expect(await failure(zk.exists('/a'))).toMatchObject({ code: 'TOO_MANY_PENDING', retry: 'safe' });
    await calls;
    await zk.exists('/a');
  });
});

describe('a server that gives a session and then nothing', () => {
  test('is asked again after pauses, and what waits for it is failed in its time', async () => {
    const zk = await connect({ callTimeoutMs: 3_000, sessionTimeoutMs: 60_000 });
    let attached = 0;
    zk.onState((state) => {
      if (state !== 'connected') return;
      attached++;
      server.breakConnections();
    });
    server.breakConnections();
    const read = failure(zk.get('/'));
    await server.advance(4_000);
    expect(await read).toMatchObject({ code: 'DEADLINE_EXCEEDED', retry: 'safe' });
    // The pauses double up to a second.
    expect(attached).toBeGreaterThan(2);
    expect(attached).toBeLessThan(20);
  });
});
