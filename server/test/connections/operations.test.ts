import {
  CreateMode,
  type CreateWrite,
  ErrorCode,
  type MultiItem,
  OPEN_ACL,
  OpCode,
  readEphemerals,
  readMultiReadResults,
  readMultiResults,
  readWhoAmIReply,
} from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEnsemble } from './ensemble.ts';
import type { TestClient } from './test-client.ts';

/** What Apache ZooKeeper 3.9.5 answers to the same requests is the measure of every expectation here. */
let ensemble: TestEnsemble;
let client: TestClient;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(1);
  client = await ensemble.session(ensemble.leader);
  for (const path of ['/a', '/a/b', '/a/b/c']) await client.ask(() => client.create(path, 'x'));
  await client.ask(() => client.create('/a/e', '', CreateMode.ephemeral));
  await client.ask(() => client.create('/e2', '', CreateMode.ephemeral));
  const other = await ensemble.session(ensemble.leader);
  await other.ask(() => other.create('/a/theirs', '', CreateMode.ephemeral));
});

afterAll(async () => {
  await ensemble.stop();
});

describe('getEphemerals', () => {
  const ephemerals = async (prefix: string | undefined): Promise<string[]> => {
    const reply = await client.ask(() =>
      client.request(OpCode.getEphemerals, (writer) => writer.writeString(prefix)),
    );
    expect(reply.err).toBe(ErrorCode.ok);
    return readEphemerals(reply.record).sort();
  };

  test.each([
    ['/', ['/a/e', '/e2']],
    ['', ['/a/e', '/e2']],
    [' ', ['/a/e', '/e2']],
    [undefined, ['/a/e', '/e2']],
    ['/a', ['/a/e']],
    ['/a/', ['/a/e']],
    ['/e', ['/e2']],
    ['/b', []],
  ])('below %j: those of the asking session whose paths begin so: %j', async (prefix, paths) => {
    expect(await ephemerals(prefix)).toEqual(paths);
  });
});

describe('getAllChildrenNumber', () => {
  const count = async (path: string | undefined): Promise<readonly [number, number | undefined]> => {
    const { err, record } = await client.ask(() =>
      client.request(OpCode.getAllChildrenNumber, (writer) => writer.writeString(path)),
    );
    return err === ErrorCode.ok ? [err, record.readInt()] : [err, undefined];
  };

  test.each([
    ['/', [0, 9]],
    ['', [0, 10]],
    ['/a', [0, 4]],
    ['/a/b', [0, 1]],
    ['/a/b/c', [0, 0]],
    ['/nope', [ErrorCode.noNode, undefined]],
    ['/a/', [ErrorCode.noNode, undefined]],
    [undefined, [ErrorCode.marshallingError, undefined]],
  ])('of %j: all nodes below it: %j', async (path, expected) => {
    expect(await count(path)).toEqual(expected);
  });

  test('counts deep and broad subtrees', async () => {
    await client.ask(() => client.create('/broad'));
    let made = 0;
    for (let i = 0; i < 5; i++) {
      client.create(`/broad/${i}`);
      made++;
      let path = `/broad/${i}`;
      for (let depth = 0; depth < i; depth++, made++) {
        path += `/${depth}`;
        client.create(path);
      }
    }
    client.flush();
    for (let i = 0; i < made; i++) await client.reply();
    expect(await count('/broad')).toEqual([0, made]);
    expect(await count('/broad/3')).toEqual([0, 3]);
  });
});

describe('whoAmI', () => {
  test('names the identities of the connection', async () => {
    const { err, record } = await client.ask(() => client.request(OpCode.whoAmI));
    expect(err).toBe(ErrorCode.ok);
    const [connection] = ensemble.leader.member.clients.registry;
    expect(readWhoAmIReply(record)).toEqual(
      connection!.identities.map(({ scheme, id }) => ({ scheme, user: id })),
    );
    expect(record.remaining).toBe(0);
  });
});

describe('multiRead', () => {
  const read = (op: number, path: string) => ({ op, path });

  test('answers each read by itself, errors among them', async () => {
    const { err, record } = await client.ask(() =>
      client.multiRead(
        read(OpCode.getData, '/a'),
        read(OpCode.getChildren, '/a/b'),
        read(OpCode.getData, '/zz'),
        read(OpCode.getChildren, '/a/b/c'),
        read(OpCode.getData, 'a'),
      ),
    );
    expect(err).toBe(ErrorCode.ok);
    const results = readMultiReadResults(record);
    expect(results.map((result) => result.err)).toEqual([0, 0, ErrorCode.noNode, 0, ErrorCode.noNode]);
    expect(new TextDecoder().decode(results[0]!.data)).toBe('x');
    expect(results[0]!.stat).toMatchObject({ version: 0, numChildren: 3 });
    expect([results[1]!.children, results[3]!.children]).toEqual([['c'], []]);
    expect(record.remaining).toBe(0);
  });

  test('encodes its results as ZooKeeper does', async () => {
    const { record } = await client.ask(() =>
      client.multiRead(read(OpCode.getChildren, '/a/b'), read(OpCode.getChildren, '/zz')),
    );
    expect(hex(record)).toBe(
      '00000008000000000000000001' + '0000000163' + 'ffffffff00ffffff9bffffff9b' + 'ffffffff01ffffffff',
    );
    const none = await client.ask(() => client.multiRead());
    expect([none.err, hex(none.record)]).toEqual([0, 'ffffffff01ffffffff']);
  });

  test.each([
    ['exists', [OpCode.exists]],
    ['getChildren2', [OpCode.getChildren2]],
    ['a read and a write', [OpCode.getData, OpCode.delete]],
  ])('takes no other operations: %s', async (_, ops) => {
    const reply = await client.ask(() => client.multiRead(...ops.map((op) => read(op, '/a'))));
    expect([reply.err, hex(reply.record)]).toEqual([ErrorCode.marshallingError, '']);
  });

  test('of writes is refused with an empty list, and a null path ends it where it stands', async () => {
    const writes = await client.ask(() =>
      client.request(OpCode.multiRead, (writer) => {
        header(writer, OpCode.delete);
        writer.writeString('/a/b/c');
        writer.writeInt(-1);
        header(writer, -1, true);
      }),
    );
    expect([writes.err, hex(writes.record)]).toEqual([ErrorCode.marshallingError, 'ffffffff01ffffffff']);
    expect(await client.data('/a/b/c')).toBe('x');
    const nothing = await client.ask(() =>
      client.request(OpCode.multiRead, (writer) => {
        header(writer, OpCode.getData);
        writer.writeString(undefined);
        writer.writeBool(false);
        header(writer, -1, true);
      }),
    );
    expect([nothing.err, hex(nothing.record)]).toEqual([ErrorCode.marshallingError, 'ffffffff01ffffffff']);
  });

  test('whose answer would fill the memory is refused, and the connection stays', async () => {
    await client.ask(() => client.create('/heavy', 'h'.repeat(1_000_000)));
    const many = Array.from({ length: 20_000 }, () => read(OpCode.getData, '/heavy'));
    const reply = await client.ask(() => client.multiRead(...many));
    expect([reply.err, reply.record.remaining]).toEqual([ErrorCode.systemError, 0]);
    expect(await client.data('/a')).toBe('x');
  });

  test('behind a write sees what it left', async () => {
    client.set('/a/b/c', 'new');
    client.multiRead(read(OpCode.getData, '/a/b/c'));
    client.flush();
    await client.reply();
    const [result] = readMultiReadResults((await client.reply()).record);
    expect(new TextDecoder().decode(result!.data)).toBe('new');
    await client.ask(() => client.set('/a/b/c', 'x'));
  });
});

describe('a multi', () => {
  const create = (op: CreateWrite['op'], path: string, flags: number, ttlMs = 0): MultiItem => ({
    op,
    path,
    data: undefined,
    acl: OPEN_ACL,
    flags,
    ttlMs,
  });

  test.each([
    ['createContainer', create(OpCode.createContainer, '/m-container', CreateMode.container), OpCode.create2],
    ['createContainer without its flag', create(OpCode.createContainer, '/m-plain', 0), OpCode.create2],
    ['create with the flag of a container', create(OpCode.create, '/m-flag', 4), OpCode.create2],
    ['createTTL', create(OpCode.createTtl, '/m-ttl', 5, 1_000), OpCode.create2],
    ['createTTL without its flag', create(OpCode.createTtl, '/m-ttl-plain', 0, 1_000), OpCode.create],
    ['create2', create(OpCode.create2, '/m-create2', 0), OpCode.create2],
  ])('encodes the result of %s as ZooKeeper does', async (_, item, op) => {
    const { err, record } = await client.ask(() => client.multi(item));
    expect(err).toBe(ErrorCode.ok);
    const [result] = readMultiResults(record);
    expect(result).toMatchObject({ op, err: 0, path: (item as { path: string }).path });
    expect(result?.stat === undefined).toBe(op === OpCode.create);
  });

  test.each([
    ['create', create(OpCode.create, '/m-bad', 5)],
    ['create2', create(OpCode.create2, '/m-bad', 6)],
    ['createContainer', create(OpCode.createContainer, '/m-bad', 5)],
    ['create with unknown flags', create(OpCode.create, '/m-bad', 9)],
  ])('with a TTL flag where the record has none is malformed: %s', async (_, item) => {
    const reply = await client.ask(() => client.multi(item));
    expect([reply.err, reply.record.remaining]).toEqual([ErrorCode.marshallingError, 0]);
  });

  test.each([
    ['zero', create(OpCode.createTtl, '/m-bad', 5, 0)],
    ['negative', create(OpCode.createTtl, '/m-bad', 5, -1)],
    ['of unknown flags', create(OpCode.createTtl, '/m-bad', 9, 100)],
  ])('with a time to live that is %s fails by itself', async (_, item) => {
    const reply = await client.ask(() => client.multi(item));
    expect(reply.err).toBe(ErrorCode.ok);
    expect(hex(reply.record)).toBe('ffffffff00fffffff8fffffff8ffffffff01ffffffff');
  });
});

describe('what a client may not ask for', () => {
  test.each([
    ['a bare check', OpCode.check],
    ['deleteContainer', OpCode.deleteContainer],
    ['an attachment', OpCode.attachSession],
    ['an expiry', OpCode.expireSession],
    ['a configuration', OpCode.setConfig],
    ['the creation of a session', OpCode.createSession],
    ['an error', OpCode.error],
    ['an unknown operation', 999],
  ])('is answered unimplemented, and the connection ends: %s', async (_, op) => {
    const asking = await ensemble.session(ensemble.leader);
    const reply = await asking.ask(() =>
      asking.request(op, (writer) => {
        writer.writeString('/a');
        writer.writeInt(-1);
      }),
    );
    expect(reply).toMatchObject({ xid: 1, zxid: -1, err: ErrorCode.unimplemented });
    await asking.raw.closed();
  });
});

test('reconfig is answered that it is switched off, and the connection stays', async () => {
  const reply = await client.ask(() => client.request(OpCode.reconfig));
  expect(reply.err).toBe(ErrorCode.reconfigDisabled);
  expect(await client.data('/a')).toBe('x');
});

describe('ping', () => {
  test('is answered under its own xid, whatever the client wrote', async () => {
    expect(await client.ask(() => client.request(OpCode.ping))).toMatchObject({ xid: -2, err: 0 });
  });
});

function header(writer: TestClient['out'], op: number, done = false): void {
  writer.writeInt(op);
  writer.writeBool(done);
  writer.writeInt(-1);
}

function hex({ bytes, position, end }: { bytes: Uint8Array; position: number; end: number }): string {
  return Buffer.from(bytes.subarray(position, end)).toString('hex');
}
