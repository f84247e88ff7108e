import { ErrorCode, Permission } from '@rookery/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { int, text } from '../../../testkit/src/wire/requests.ts';
import { TestEnsemble, type TestMember, until } from '../connections/ensemble.ts';
import { aclOf, EPHEMERAL, KeeperClient, op, type Step, steps } from './keeper-client.ts';

const event = { created: 1, deleted: 2, children: 4 } as const;
/** The member that has the dialect is a follower, or leads: whoever that is. */
const WITH = 1;
const REMOVED_AT_MOST = 10_000;

let ensemble: TestEnsemble;
let first: TestMember;
let client: KeeperClient;
let top: string;
let tests = 0;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3, (serverId) => ({
    dialects: { clickHouseKeeper: serverId === WITH, pagedChildren: false },
    audit: { enabled: true },
  }));
  first = ensemble.members[0]!;
  client = await KeeperClient.begin(first.port);
});

afterAll(async () => {
  client?.raw.close();
  await ensemble?.stop();
});

beforeEach(async () => {
  top = `/test${++tests}`;
  await make('');
});

/** A node below the one of this test. */
async function make(name: string, data = '', flags = 0, acl?: Buffer): Promise<void> {
  expect(await client.code(steps.create(`${top}${name}`, data, flags, acl))).toBe(0);
}

async function digestsAreEqual(): Promise<void> {
  const machines = ensemble.members.map(({ member }) => member.running!.machine);
  await until(() => new Set(machines.map(({ appliedIndex }) => appliedIndex)).size === 1);
  expect(new Set(machines.map((machine) => machine.digest())).size).toBe(1);
}

function audited(from: number): unknown[] {
  return first.audited.slice(from).map(({ operation, znode, result }) => ({ operation, znode, result }));
}

describe('checks (501, 504)', () => {
  test('by themselves come to what they would within a multi', async () => {
    await make('/closed', '', 0, aclOf(Permission.write));
    const stat = await client.stat(top);
    const cases: readonly (readonly [Step, number])[] = [
      [steps.checkNotExists(`${top}/none`), 0],
      [steps.checkNotExists(top), ErrorCode.nodeExists],
      [steps.checkNotExists(top, 0), ErrorCode.nodeExists],
      [steps.checkNotExists(top, 7), 0],
      [steps.checkNotExists(`${top}/closed`), ErrorCode.noAuth],
      [steps.checkNotExists('relative'), ErrorCode.badArguments],
      [steps.checkStat(top, stat), 0],
      [steps.checkStat(top, {}), 0],
      [steps.checkStat(top, { numChildren: 1, czxid: stat.czxid }, 0), 0],
      [steps.checkStat(top, { numChildren: 2 }), ErrorCode.badVersion],
      [steps.checkStat(top, {}, 1), ErrorCode.badVersion],
      [steps.checkStat(`${top}/none`, {}), ErrorCode.noNode],
      [steps.checkStat(`${top}/closed`, {}), ErrorCode.noAuth],
    ];
    for (const [asked, code] of cases) {
      expect([asked.op, asked.record.toString(), await client.code(asked)]).toEqual([
        asked.op,
        asked.record.toString(),
        code,
      ]);
      const { outcomes } = await client.multi(asked);
      expect(outcomes).toEqual([{ type: code === 0 ? asked.op : -1, err: code }]);
    }
  });
});

describe('a create of what may be there (502)', () => {
  test('makes it once, and says its name each time', async () => {
    const before = first.audited.length;
    const path = `${top}/a`;
    for (const data of ['first', 'second']) {
      const { err, record } = await client.ask(steps.createIfNotExists(path, data));
      expect([err, record.text(), record.left]).toEqual([0, path, 0]);
    }
    const { record } = await client.ask(steps.get(path));
    expect([record.data(), record.stat().version]).toEqual(['first', 0]);
    expect((await client.stat(top)).numChildren).toBe(1);
    expect(audited(before)).toEqual([{ operation: 'create', znode: path, result: 'success' }]);
  });

  test('tells watchers once, and is refused as a create is', async () => {
    await client.ask(steps.exists(`${top}/a`, true));
    for (let round = 0; round < 2; round++)
      await client.ask(steps.createIfNotExists(`${top}/a`, '', EPHEMERAL));
    expect(await client.raw.told()).toEqual([{ type: event.created, path: `${top}/a` }]);
    await make('/closed', '', 0, aclOf(Permission.read));
    const sequential = 2;
    expect(await client.code(steps.createIfNotExists(`${top}/closed/a`))).toBe(ErrorCode.noAuth);
    expect(await client.code(steps.createIfNotExists(`${top}/none/a`))).toBe(ErrorCode.noNode);
    expect(await client.code(steps.createIfNotExists(`${top}/a/b`))).toBe(ErrorCode.noChildrenForEphemerals);
    expect(await client.code(steps.createIfNotExists(`${top}/n-`, '', sequential))).toBe(
      ErrorCode.badArguments,
    );
  });
});

describe('a removal that may be (505)', () => {
  test('removes a node of that version without children, and is content where there is none', async () => {
    await make('/a');
    await make('/a/b');
    const before = first.audited.length;
    expect(await client.code(steps.tryRemove(`${top}/none`))).toBe(0);
    expect(await client.code(steps.tryRemove(`${top}/none/below`))).toBe(0);
    expect(await client.code(steps.tryRemove(`${top}/a`))).toBe(0);
    expect(await client.code(steps.tryRemove(`${top}/a/b`, 3))).toBe(0);
    expect([await client.isThere(`${top}/a`), await client.isThere(`${top}/a/b`)]).toEqual([true, true]);
    expect(audited(before)).toEqual([]);
    await client.ask(steps.simpleList(`${top}/a`, true));
    expect(await client.code(steps.tryRemove(`${top}/a/b`, 0))).toBe(0);
    expect(await client.isThere(`${top}/a/b`)).toBe(false);
    expect(await client.raw.told()).toEqual([{ type: event.children, path: `${top}/a` }]);
    expect(audited(before)).toEqual([{ operation: 'delete', znode: `${top}/a/b`, result: 'success' }]);
  });

  test('is refused to who may not', async () => {
    await make('/closed', '', 0, aclOf(Permission.read | Permission.create));
    await make('/closed/a');
    expect(await client.code(steps.tryRemove(`${top}/closed/a`))).toBe(ErrorCode.noAuth);
    expect(await client.code(steps.tryRemove('/zookeeper'))).toBe(ErrorCode.badArguments);
  });
});

describe('a removal of all that is below (503)', () => {
  beforeEach(async () => {
    for (const name of ['/a', '/a/1', '/a/2', '/a/1/x']) await make(name);
    await make('/a/mine', '', EPHEMERAL);
  });

  test('removes it, tells whoever watches, and is one line of the audit log', async () => {
    const before = first.audited.length;
    for (const name of ['/a', '/a/1/x']) await client.ask(steps.get(`${top}${name}`, true));
    await client.ask(steps.simpleList(`${top}/a/1`, true));
    await client.ask(steps.simpleList(top, true));
    expect(await client.code(steps.removeRecursive(`${top}/a`, 5))).toBe(0);
    expect(await client.isThere(`${top}/a`)).toBe(false);
    expect(await client.raw.told()).toEqual([
      { type: event.deleted, path: `${top}/a/1/x` },
      { type: event.children, path: `${top}/a/1` },
      { type: event.deleted, path: `${top}/a` },
      { type: event.children, path: top },
    ]);
    expect(audited(before)).toEqual([{ operation: 'removeRecursive', znode: `${top}/a`, result: 'success' }]);
    expect(await client.code(steps.removeRecursive(`${top}/a`, 5))).toBe(0);
    await digestsAreEqual();
  });

  test('removes nothing where there is more than may go, or somebody else decides', async () => {
    expect(await client.code(steps.removeRecursive(`${top}/a`, 4))).toBe(ErrorCode.notEmpty);
    expect(await client.code(steps.removeRecursive('/', 100_000))).toBe(ErrorCode.badArguments);
    expect(await client.code(steps.removeRecursive('/zookeeper', 100))).toBe(ErrorCode.badArguments);
    const setAcl = Buffer.concat([text(`${top}/a/1`), aclOf(Permission.read), int(-1)]);
    expect(await client.code({ op: op.setAcl, record: setAcl })).toBe(0);
    expect(await client.code(steps.removeRecursive(`${top}/a`, 100))).toBe(ErrorCode.noAuth);
    for (const name of ['/a', '/a/1', '/a/2', '/a/1/x', '/a/mine'])
      expect(await client.isThere(`${top}${name}`)).toBe(true);
  });

  test('has a bound of its own, however much a client says may go', async () => {
    await make('/many');
    for (let at = 0; at < REMOVED_AT_MOST; at += 1_000) {
      const made = Array.from({ length: 1_000 }, (_, i) => steps.create(`${top}/many/${at + i}`));
      expect((await client.multi(...made)).outcomes.every(({ err }) => err === 0)).toBe(true);
    }
    expect(await client.code(steps.removeRecursive(`${top}/many`, 4_294_967_295))).toBe(ErrorCode.notEmpty);
    expect(await client.code(steps.tryRemove(`${top}/many/0`))).toBe(0);
    const before = performance.now();
    expect(await client.code(steps.removeRecursive(`${top}/many`, 4_294_967_295))).toBe(0);
    console.log(
      `${REMOVED_AT_MOST} nodes removed in ${Math.round(performance.now() - before)} ms, on three members`,
    );
    expect(await client.isThere(`${top}/many`)).toBe(false);
    await digestsAreEqual();
  });

  test('counts all of a multi together', async () => {
    await make('/b');
    await make('/b/1');
    const both = [steps.removeRecursive(`${top}/a`, 5), steps.removeRecursive(`${top}/b`, 1)];
    expect((await client.multi(...both)).outcomes.map(({ err }) => err)).toEqual([0, ErrorCode.notEmpty]);
    expect(await client.isThere(`${top}/a/1/x`)).toBe(true);
    await digestsAreEqual();
  });
});

describe('a multi', () => {
  test('has all of them, each with a result of its own type', async () => {
    await make('/a', 'four');
    await make('/a/b');
    const { outcomes } = await client.multi(
      steps.checkNotExists(`${top}/new`),
      steps.createIfNotExists(`${top}/new`),
      steps.createIfNotExists(`${top}/new`),
      steps.checkStat(`${top}/a`, { dataLength: 4, numChildren: 1 }),
      steps.removeRecursive(`${top}/a`, 2),
      steps.tryRemove(`${top}/a`),
      steps.checkNotExists(`${top}/a`),
    );
    const path = `${top}/new`;
    expect(outcomes).toEqual([
      { type: op.checkNotExists, err: 0 },
      { type: op.createIfNotExists, err: 0, path },
      { type: op.createIfNotExists, err: 0, path },
      { type: op.checkStat, err: 0 },
      { type: op.removeRecursive, err: 0 },
      { type: op.tryRemove, err: 0 },
      { type: op.checkNotExists, err: 0 },
    ]);
    await digestsAreEqual();
  });

  test('that fails leaves nothing, and says which step it was', async () => {
    await make('/a');
    await make('/a/b');
    const { outcomes } = await client.multi(
      steps.removeRecursive(`${top}/a`, 10),
      steps.createIfNotExists(`${top}/new`),
      steps.checkNotExists(top),
      steps.tryRemove(`${top}/none`),
    );
    expect(outcomes.map(({ type, err }) => [type, err])).toEqual([
      [-1, 0],
      [-1, 0],
      [-1, ErrorCode.nodeExists],
      [-1, ErrorCode.runtimeInconsistency],
    ]);
    expect([await client.isThere(`${top}/a/b`), await client.isThere(`${top}/new`)]).toEqual([true, false]);
  });
});

describe('/keeper', () => {
  const flags = async (path = '/keeper/feature_flags'): Promise<number[]> => {
    const { err, record } = await client.ask(steps.get(path));
    expect(err).toBe(0);
    const data = Buffer.from(record.data()!, 'latin1');
    return [...data.keys()].flatMap((byte) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => data[byte]! & (0x80 >> bit)).map((bit) => 8 * byte + bit),
    );
  };

  test('says what there is, in ClickHouse Keeper’s flags', async () => {
    expect(await flags()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const { record } = await client.ask(steps.get('/keeper/api_version'));
    expect(record.data()).toBe('2');
    const list = await client.ask(steps.simpleList('/keeper'));
    expect(list.record.texts()).toEqual(['api_version', 'feature_flags']);
    expect((await client.stat('/keeper')).numChildren).toBe(2);
    expect((await client.stat('/keeper/feature_flags')).dataLength).toBe(2);
    expect(await client.isThere('/keeper/none')).toBe(false);
    const { outcomes } = await client.multiRead(steps.get('/keeper/api_version'));
    expect(outcomes[0]!.data).toBe('2');
  });

  test('is nobody’s to change, alone or in a multi', async () => {
    for (const path of ['/keeper', '/keeper/api_version', '/keeper/new', '/keeper/a/b'])
      for (const asked of [steps.create(path), steps.remove(path), steps.tryRemove(path)])
        expect(await client.code(asked)).toBe(ErrorCode.badArguments);
    expect((await client.multi(steps.create(`${top}/a`), steps.create('/keeper'))).err).toBe(
      ErrorCode.badArguments,
    );
    expect(await client.isThere(`${top}/a`)).toBe(false);
    expect(await client.code(steps.checkNotExists('/keeper/api_version'))).toBe(ErrorCode.badArguments);
    expect(await client.code(steps.create('/keepers'))).toBe(0);
  });
});
