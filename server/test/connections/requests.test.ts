import { ErrorCode, OpCode } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { TestEnsemble, until } from './ensemble.ts';
import { dataOf } from './test-client.ts';

let ensemble: TestEnsemble;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3);
});

afterAll(async () => {
  await ensemble.stop();
});

describe('a client at any member', () => {
  test('writes, reads what it wrote, and others see it after a sync', async () => {
    const [a, b] = ensemble.followers as [(typeof ensemble.followers)[0], (typeof ensemble.followers)[0]];
    for (const [writer, reader] of [
      [a, b],
      [b, ensemble.leader],
      [ensemble.leader, a],
    ] as const) {
      const writing = await ensemble.session(writer);
      const path = `/from-${writer.serverId}`;
      expect((await writing.ask((client) => client.create(path, 'one'))).err).toBe(ErrorCode.ok);
      expect(await writing.data(path)).toBe('one');
      await writing.ask((client) => client.set(path, 'two'));
      const reading = await ensemble.session(reader);
      await reading.ask((client) => client.sync(path));
      expect(await reading.data(path)).toBe('two');
    }
  });

  test('may send requests behind its connect request, before it has a session', async () => {
    for (const member of ensemble.members) {
      const client = await ensemble.client(member);
      client.greet();
      client.create(`/early-${member.serverId}`, 'bird');
      client.get(`/early-${member.serverId}`);
      client.ping();
      client.flush();
      const { sessionId, timeoutMs } = await client.welcome();
      expect([sessionId > 0, timeoutMs]).toEqual([true, 10_000]);
      expect(await client.reply()).toMatchObject({ xid: 1, err: ErrorCode.ok });
      const got = await client.reply();
      expect([got.xid, dataOf(got.record)]).toEqual([2, 'bird']);
      expect((await client.reply()).xid).toBe(-2);
    }
  });

  test('may not send a thousand of them', async () => {
    const client = await ensemble.client(ensemble.followers[0]!);
    client.greet();
    for (let i = 0; i < 1_000; i++) client.ping();
    client.flush();
    await client.raw.closed();
  });

  test('gets the session timeout that it asks for, within the limits', async () => {
    for (const [asked, given] of [
      [1, 200],
      [5_000, 5_000],
      [1_000_000, 20_000],
      [-1, 200],
    ] as const) {
      const client = await ensemble.client(ensemble.leader);
      expect((await client.begin({ timeoutMs: asked })).timeoutMs).toBe(given);
    }
  });

  test('is told that the member is not read-only exactly where it asked', async () => {
    for (const readOnly of [undefined, false, true]) {
      const client = await ensemble.client(ensemble.leader);
      const answer = await client.begin({ readOnly });
      expect(answer.readOnly).toBe(readOnly === undefined ? undefined : false);
    }
  });
});

describe('requests in a row, without waiting', () => {
  test('are answered in order, each from the state that those before it left: writes, reads and syncs mixed', async () => {
    for (const member of ensemble.members) {
      const seed = member.serverId;
      const prng = new Prng(seed, 'pipeline');
      const client = await ensemble.session(member);
      const path = `/row-${seed}`;
      client.create(path, '0');
      const expected: { xid: number; data?: string }[] = [{ xid: 1 }];
      let value = 0;
      for (let i = 0; i < 600; i++) {
        const chance = prng.fraction();
        if (chance < 0.35) expected.push({ xid: client.set(path, String(++value)) });
        else if (chance < 0.8) expected.push({ xid: client.get(path), data: String(value) });
        else if (chance < 0.95) expected.push({ xid: client.sync(path) });
        else {
          client.ping();
          expected.push({ xid: -2 });
        }
        if (prng.chance(0.1)) client.flush();
      }
      client.flush();
      let lastZxid = 0;
      for (const { xid, data } of expected) {
        const reply = await client.reply();
        expect(reply).toMatchObject({ xid, err: ErrorCode.ok });
        if (data !== undefined) expect(dataOf(reply.record), `seed ${seed}, request ${xid}`).toBe(data);
        expect(reply.zxid).toBeGreaterThanOrEqual(lastZxid);
        lastZxid = reply.zxid;
      }
    }
  });

  test('of an operation that this server does not have are refused in their turn', async () => {
    const client = await ensemble.session(ensemble.leader);
    client.create('/turn', '');
    client.out.writeInt(8);
    client.out.writeInt(77);
    client.out.writeInt(9_999);
    client.get('/turn');
    client.flush();
    expect(await client.reply()).toMatchObject({ xid: 1, err: ErrorCode.ok });
    // Under ZooKeeper's zxid, and as there nothing follows.
    expect(await client.reply()).toMatchObject({ xid: 77, zxid: -1, err: ErrorCode.unimplemented });
    await client.raw.closed();
    expect(client.raw.received).toHaveLength(0);
  });

  test('for another membership are told that they are switched off, as in ZooKeeper by default', async () => {
    const client = await ensemble.session(ensemble.leader);
    client.create('/members');
    client.request(OpCode.reconfig, (writer) => {
      for (const members of [undefined, '1', undefined]) writer.writeString(members);
      writer.writeLong(-1);
    });
    client.get('/members');
    client.flush();
    const replies = [await client.reply(), await client.reply(), await client.reply()];
    expect(replies.map(({ err }) => err)).toEqual([ErrorCode.ok, ErrorCode.reconfigDisabled, ErrorCode.ok]);
  });

  test('whose record cannot be read get a marshalling error in their turn, and those behind them their answers', async () => {
    const client = await ensemble.session(ensemble.leader);
    const before = ensemble.leader.member.clients.counters.badInput;
    client.create('/unreadable');
    for (const op of [OpCode.create, OpCode.getData, OpCode.getEphemerals, OpCode.multi, OpCode.multiRead]) {
      client.request(op, (writer) => writer.writeByte(1));
    }
    client.get('/unreadable');
    client.flush();
    expect((await client.reply()).err).toBe(ErrorCode.ok);
    for (let xid = 2; xid <= 6; xid++) {
      const { record, ...header } = await client.reply();
      expect(header).toMatchObject({ xid, err: ErrorCode.marshallingError });
      expect(record.remaining).toBe(0);
    }
    expect(await client.reply()).toMatchObject({ xid: 7, err: ErrorCode.ok });
    expect(ensemble.leader.member.clients.counters.badInput).toBe(before + 5);
  });
});

describe('a client that does not read its replies', () => {
  test('is not read from any more, and gets all of them in order once it reads', async () => {
    const member = ensemble.followers[0]!;
    const client = await ensemble.session(member);
    const value = 'v'.repeat(500_000);
    await client.ask(() => client.create('/large', value));
    const count = 400;
    client.raw.socket.pause();
    const xids = Array.from({ length: count }, () => client.get('/large'));
    client.flush();
    const connection = [...member.member.clients.registry].find(
      ({ session }) => session === client.session.id,
    )!;
    // Another client goes on meanwhile, at the same member.
    const other = await ensemble.session(member);
    for (let i = 0; i < 50; i++) await other.data('/large');
    expect(connection.stats.sentPackets).toBeLessThan(count / 4);
    expect(connection.socket.bufferedBytes()).toBeLessThan(8 * 1024 * 1024);
    client.raw.socket.resume();
    for (const xid of xids) {
      const reply = await client.reply();
      expect(reply.xid).toBe(xid);
      expect(reply.record.remaining).toBeGreaterThan(value.length);
    }
  });
});

describe('a client that asks for more than anybody may be owed', () => {
  test('between two writes, of which nobody knows before what it comes to, is sent away', async () => {
    const member = ensemble.leader;
    const client = await ensemble.session(member);
    await client.ask(() => client.create('/owed', 'v'.repeat(500_000)));
    client.raw.socket.pause();
    client.set('/owed', 'w'.repeat(500_000));
    for (let i = 0; i < 1_900; i++) client.get('/owed');
    client.set('/owed', 'z');
    const { sentBytes } = member.member.clients.counters;
    client.flush();
    await until(() => member.log.of('warn', 'closed connections').length > 0);
    expect(member.log.of('warn', 'closed connections')[0]?.fields.reason).toContain(
      'bytes of replies to read',
    );
    expect(member.member.clients.counters.sentBytes - sentBytes).toBeLessThan(8 * 1024 * 1024);
    client.raw.socket.resume();
    await client.raw.closed();
  });

  test('behind a write or a sync gets all of it in order, as it reads: no more waits for it than anybody may be owed', async () => {
    const member = ensemble.leader;
    const client = await ensemble.session(member);
    await client.ask(() => client.create('/read-late', 'v'.repeat(500_000)));
    client.raw.socket.pause();
    client.set('/read-late', 'w'.repeat(500_000));
    client.sync();
    const { sentBytes } = member.member.clients.counters;
    const xids = Array.from({ length: 300 }, () => client.get('/read-late'));
    const last = client.set('/read-late', 'x');
    client.flush();
    const [connection] = [...member.member.clients.registry].filter(
      ({ session }) => session === client.session.id,
    );
    await until(() => connection!.socket.bufferedBytes() > 0);
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(member.member.clients.counters.sentBytes - sentBytes).toBeLessThan(16 * 1024 * 1024);
    client.raw.socket.resume();
    await client.reply();
    await client.reply();
    for (const xid of xids) {
      const reply = await client.reply();
      expect([reply.xid, reply.record.remaining > 500_000]).toEqual([xid, true]);
    }
    expect((await client.reply()).xid).toBe(last);
    expect(await client.data('/read-late')).toBe('x');
  });

  test('of a reasonable size gets it', async () => {
    const client = await ensemble.session(ensemble.leader);
    client.set('/owed', 'x'.repeat(100_000));
    const xids = Array.from({ length: 300 }, () => client.get('/owed'));
    client.flush();
    await client.reply();
    for (const xid of xids) expect((await client.reply()).xid).toBe(xid);
  });
});

describe('what cannot be understood', () => {
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['a length that is negative', Uint8Array.of(255, 255, 255, 255)],
    ['a length beyond jute.maxbuffer', Uint8Array.of(0, 16, 0, 0)],
    ['a request of three bytes', Uint8Array.of(0, 0, 0, 3, 1, 2, 3)],
  ];

  test.each(bad)('%s closes that connection, and no other', async (_what, bytes) => {
    const member = ensemble.followers[1]!;
    const bystander = await ensemble.session(member);
    const client = await ensemble.session(member);
    const before = member.member.clients.counters.badInput;
    client.raw.write(bytes);
    await client.raw.closed();
    expect(member.member.clients.counters.badInput).toBe(before + 1);
    expect(await bystander.data('/')).toBe('');
  });

  test('before a session closes that connection', async () => {
    const client = await ensemble.client(ensemble.leader);
    client.raw.write(Uint8Array.of(0, 0, 0, 5, 1, 2, 3, 4, 5));
    await client.raw.closed();
  });

  test('is logged once with the reason and the address, however often it comes', async () => {
    const member = ensemble.followers[1]!;
    for (let i = 0; i < 50; i++) {
      const client = await ensemble.client(member);
      client.raw.write(Uint8Array.of(0, 0, 0, 1, 9));
      await client.raw.closed();
    }
    const lines = member.log.of('warn', 'cannot be understood');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.fields).toMatchObject({
      reason: expect.any(String),
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });
});

describe('four-letter words on the client port', () => {
  test('answer and close', async () => {
    const client = await ensemble.client(ensemble.leader);
    client.raw.write(new TextEncoder().encode('ruok'));
    await client.raw.closed();
    expect(client.raw.received.toString()).toBe('imok');
  });

  test('name the leader and its followers', async () => {
    const modes = await Promise.all(
      ensemble.members.map(async (member) => {
        const client = await ensemble.client(member);
        client.raw.write(new TextEncoder().encode('srvr'));
        await client.raw.closed();
        return /Mode: (\w+)/.exec(client.raw.received.toString())?.[1];
      }),
    );
    expect(modes.sort()).toEqual(['follower', 'follower', 'leader']);
  });
});
