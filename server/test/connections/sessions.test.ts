import { CreateMode, ErrorCode, OpCode, Writer } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyCommandHeader, encodeCommand } from '../../src/model/command.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { TestEnsemble, type TestMember, until } from './ensemble.ts';
import { dataOf, type TestClient } from './test-client.ts';

const { ephemeral } = CreateMode;
const EXPIRED = { timeoutMs: 0, sessionId: 0, password: new Uint8Array(16) };

let ensemble: TestEnsemble;
let one: TestMember;
let two: TestMember;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3);
  [one, two] = ensemble.followers as [TestMember, TestMember];
});

afterAll(async () => {
  await ensemble.stop();
});

/** What a node is at a member, with all that is committed now. */
async function dataAt(member: TestMember, path: string): Promise<string | number> {
  const client = await ensemble.session(member);
  await client.ask(() => client.sync(path));
  return client.data(path);
}

describe('a session', () => {
  test('has an id and a password of its own, and its id is the zxid that created it', async () => {
    const a = await ensemble.session(one);
    const b = await ensemble.session(one);
    expect(b.session.id).toBeGreaterThan(a.session.id);
    expect(a.session.password).not.toEqual(b.session.password);
    const { zxid } = await b.ask(() => b.create('/after-b'));
    expect(zxid).toBeGreaterThan(b.session.id);
  });

  test('goes on at another member, by id and password, with its ephemeral nodes and the timeout that it asks for now', async () => {
    const first = await ensemble.session(one, 5_000);
    await first.ask(() => first.create('/mine', 'me', ephemeral));
    first.close();
    const again = await ensemble.client(two);
    const answer = await again.attach(first.session, { timeoutMs: 9_000 });
    const { id, password } = first.session;
    expect(answer).toEqual({ sessionId: id, password, timeoutMs: 9_000, readOnly: undefined });
    expect(await again.data('/mine')).toBe('me');
    expect((await again.ask(() => again.remove('/mine'))).err).toBe(ErrorCode.ok);
  });

  test('that moved while its old connection stood leaves that one: what it still sends has no effect', async () => {
    const first = await ensemble.session(one);
    await first.ask(() => first.create('/moved', 'before'));
    const again = await ensemble.client(two);
    await again.attach(first.session);
    for (let i = 0; i < 20; i++) first.set('/moved', 'by the old connection');
    first.flush();
    const errors = await repliesUntilClosed(first);
    expect(errors.every((err) => err === ErrorCode.sessionMoved)).toBe(true);
    expect(await again.data('/moved')).toBe('before');
  });

  test('knows what became of a write in doubt as soon as it is answered elsewhere', async () => {
    for (let i = 0; i < 120; i++) {
      const path = `/doubt-${i}`;
      const first = await ensemble.session(one);
      const again = await ensemble.client(two);
      first.create(path, 'done');
      // The read comes along: it is answered with the session.
      again.greet({ sessionId: first.session.id, password: first.session.password }).get(path);
      // Either may be the first to reach the leader.
      for (const client of i % 2 === 0 ? [first, again] : [again, first]) client.flush();
      await again.welcome();
      const { err, record } = await again.reply();
      const atOnce = err === ErrorCode.ok ? dataOf(record) : err;
      const errors = await repliesUntilClosed(first);
      await again.ask(() => again.sync(path));
      expect(await again.data(path)).toBe(atOnce);
      expect(errors).not.toContain(atOnce === 'done' ? ErrorCode.sessionMoved : ErrorCode.ok);
    }
  });

  test('may move back and forth, and each time the newest connection counts', async () => {
    let client = await ensemble.session(one);
    await client.ask(() => client.create('/pendulum', '0', ephemeral));
    for (let i = 1; i <= 6; i++) {
      const next = await ensemble.client(i % 2 === 0 ? one : two);
      await next.attach(client.session);
      await client.raw.closed();
      client = next;
      expect((await client.ask(() => client.set('/pendulum', String(i)))).err).toBe(ErrorCode.ok);
    }
    expect(await dataAt(ensemble.leader, '/pendulum')).toBe('6');
  });

  test('may attach anew at the same member: the old connection is closed', async () => {
    const first = await ensemble.session(one);
    const again = await ensemble.client(one);
    await again.attach(first.session);
    await first.raw.closed();
    expect((await again.ask(() => again.sync())).err).toBe(ErrorCode.ok);
  });
});

describe('who may not have a session', () => {
  test('a wrong password is told that it has expired, and the session itself goes on', async () => {
    const owner = await ensemble.session(one);
    for (const password of [new Uint8Array(16), flipped(owner.session.password), new Uint8Array(0)]) {
      const thief = await ensemble.client(two);
      expect(await thief.attach({ id: owner.session.id, password })).toMatchObject(EXPIRED);
      await thief.raw.closed();
    }
    expect((await owner.ask(() => owner.sync())).err).toBe(ErrorCode.ok);
  });

  test('one session’s password is not another’s', async () => {
    const [a, b] = [await ensemble.session(one), await ensemble.session(one)];
    const thief = await ensemble.client(two);
    expect(await thief.attach({ id: a.session.id, password: b.session.password })).toMatchObject(EXPIRED);
  });

  test.each([1, 2 ** 53, 2 ** 62, -5])('session %d, which never was, has expired', async (id) => {
    const client = await ensemble.client(two);
    expect(await client.attach({ id, password: new Uint8Array(16) })).toMatchObject(EXPIRED);
    await client.raw.closed();
  });

  test('one that was closed has expired, also for the one who had it', async () => {
    const client = await ensemble.session(one);
    await client.ask(() => client.leave());
    const again = await ensemble.client(two);
    expect(await again.attach(client.session)).toMatchObject(EXPIRED);
    await again.raw.closed();
  });

  test('a client that has seen more than this member is closed without a word, and served elsewhere once that is true no more', async () => {
    const { zxid } = await (await ensemble.session(one)).ask((client) => client.create('/seen'));
    const ahead = await ensemble.client(one);
    ahead.greet({ lastZxidSeen: zxid + 1_000_000 }).flush();
    await ahead.raw.closed();
    expect(ahead.raw.receivedBytes).toBe(0);
    const level = await ensemble.client(one);
    expect((await level.begin({ lastZxidSeen: zxid })).sessionId).toBeGreaterThan(0);
  });
});

describe('the end of a session', () => {
  test('that its client closes takes its ephemeral nodes away, everywhere, and answers before it closes', async () => {
    const client = await ensemble.session(one);
    await client.ask(() => client.create('/short', '', ephemeral));
    await client.ask(() => client.create('/long', ''));
    expect(await dataAt(two, '/short')).toBe('');
    expect(await client.ask(() => client.leave())).toMatchObject({ err: ErrorCode.ok });
    await client.raw.closed();
    for (const member of ensemble.members) {
      expect(await dataAt(member, '/short')).toBe(ErrorCode.noNode);
      expect(await dataAt(member, '/long')).toBe('');
    }
  });

  test('comes after the writes that were sent before it', async () => {
    const client = await ensemble.session(one);
    client.create('/last-words', 'said');
    client.sync();
    client.set('/last-words', 'said twice');
    client.leave();
    client.flush();
    expect(await repliesUntilClosed(client)).toEqual([0, 0, 0, 0]);
    expect(await dataAt(two, '/last-words')).toBe('said twice');
  });

  test('by silence takes its ephemeral nodes away, and its client is told that it has expired', async () => {
    const client = await ensemble.session(one, 300);
    await client.ask(() => client.create('/silent', '', ephemeral));
    await client.raw.closed();
    expect(await dataAt(two, '/silent')).toBe(ErrorCode.noNode);
    const again = await ensemble.client(two);
    expect(await again.attach(client.session)).toMatchObject(EXPIRED);
    await until(() => ensemble.leader.log.of('info', 'fell silent').length > 0);
  });

  test('by silence is the last word: requests behind it are answered with nothing, not some of them', async () => {
    const { member } = ensemble.leader;
    const client = await ensemble.session(ensemble.leader);
    const connection = [...member.clients.registry].find(({ session }) => session === client.session.id);
    const header = {
      ...emptyCommandHeader(),
      op: OpCode.expireSession,
      session: asSessionId(client.session.id),
    };
    const seen = new Writer();
    seen.writeLong(connection?.client.attachIndex ?? 0);
    // In one turn: the end of the session enters the log, and its client's requests right behind it.
    member.running?.replica.decide(encodeCommand(header, seen.view()));
    client.set('/before', 'read');
    client.get('/zookeeper');
    client.set('/after', 'read');
    connection?.received(client.out.copy());
    expect(await repliesUntilClosed(client)).toEqual([]);
  });

  test('does not come while its client is heard of, at whatever member, though it asks for nothing but pings', async () => {
    const silent = await ensemble.session(two, 500);
    await silent.ask(() => silent.create('/silent-one', '', ephemeral));
    const talking = await ensemble.session(one, 500);
    await talking.ask(() => talking.create('/talking', '', ephemeral));
    // Until the silent one has gone, twice.
    for (let round = 0; round < 2; round++) {
      const witness = round === 0 ? silent : await ensemble.session(two, 500);
      while (!witness.raw.isClosed) {
        expect((await talking.ask(() => talking.ping())).xid).toBe(-2);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    expect(await dataAt(two, '/silent-one')).toBe(ErrorCode.noNode);
    expect(await dataAt(two, '/talking')).toBe('');
  });
});

/** The codes of all replies that still come. */
async function repliesUntilClosed(client: TestClient): Promise<number[]> {
  const codes: number[] = [];
  for (;;) {
    const reply = await client.reply().catch(() => undefined);
    if (reply === undefined) return codes;
    codes.push(reply.err);
  }
}

function flipped(password: Uint8Array): Uint8Array {
  const other = password.slice();
  other[15]! ^= 1;
  return other;
}
