import { ErrorCode, Permission } from '@rookery/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { int, text } from '../../../testkit/src/wire/requests.ts';
import { TestEnsemble } from '../connections/ensemble.ts';
import { aclOf, detailsOf, EPHEMERAL, filter, KeeperClient, op, steps } from './keeper-client.ts';

const event = { created: 1, children: 4 } as const;

let ensemble: TestEnsemble;
let client: KeeperClient;
let top: string;
let tests = 0;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(1, () => ({
    dialects: { clickHouseKeeper: true, pagedChildren: false },
  }));
  client = await KeeperClient.begin(ensemble.members[0]!.port);
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

describe('a list with a filter (500)', () => {
  beforeEach(async () => {
    for (const name of ['/a', '/b']) await make(name);
    for (const name of ['/x', '/y']) await make(name, '', EPHEMERAL);
  });

  test.each([
    ['all', filter.all, ['a', 'b', 'x', 'y']],
    ['persistent ones only', filter.persistentOnly, ['a', 'b']],
    ['ephemeral ones only', filter.ephemeralOnly, ['x', 'y']],
  ])('has %s, and the stat of the parent', async (_what, which, names) => {
    const { err, record } = await client.ask(steps.filteredList(top, which));
    expect([err, record.texts().sort(), record.stat().numChildren, record.left]).toEqual([0, names, 4, 0]);
  });

  test('leaves a watch for the children', async () => {
    await client.ask(steps.filteredList(top, filter.ephemeralOnly, true));
    await make('/later');
    expect(await client.raw.told()).toEqual([{ type: event.children, path: top }]);
  });

  test('tells nobody whose a node is that they may not read, and leaves no watch where it says so', async () => {
    await make('/closed', '', 0, aclOf(Permission.write));
    expect(await client.code(steps.filteredList(top, filter.persistentOnly, true))).toBe(ErrorCode.noAuth);
    expect(await client.code(steps.filteredList(top, filter.ephemeralOnly))).toBe(0);
    const { record } = await client.ask(steps.filteredList(top, filter.all));
    expect(record.texts()).toContain('closed');
    await make('/later');
    expect(await client.raw.told()).toEqual([]);
  });

  test('is refused as other lists are', async () => {
    expect(await client.code(steps.filteredList(`${top}/none`, filter.all))).toBe(ErrorCode.noNode);
    expect(await client.code(steps.filteredList(top, 3))).toBe(ErrorCode.badArguments);
    expect(await client.code({ op: op.filteredList, record: text(top) })).toBe(ErrorCode.marshallingError);
  });
});

describe('a list with stats and data (506)', () => {
  beforeEach(async () => {
    await make('/a', 'of a');
    await make('/x', 'of x', EPHEMERAL);
  });

  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('has what is asked for: stats %s, data %s', async (withStats, withData) => {
    const { err, record } = await client.ask(steps.detailedList(top, filter.all, withStats, withData));
    const { names, stat, stats, data } = detailsOf(record);
    expect([err, record.left, names, stat.numChildren]).toEqual([0, 0, ['a', 'x'], 2]);
    expect(stats.map(({ ephemeralOwner, dataLength }) => [ephemeralOwner, dataLength])).toEqual(
      withStats
        ? [
            [0, 4],
            [client.raw.session, 4],
          ]
        : [],
    );
    expect(data).toEqual(withData ? ['of a', 'of x'] : []);
  });

  test('of some has the stats and the data of those', async () => {
    const { record } = await client.ask(steps.detailedList(top, filter.ephemeralOnly, true, true));
    const { names, stats, data } = detailsOf(record);
    expect([names, stats.length, data]).toEqual([['x'], 1, ['of x']]);
  });

  test('is refused where one of them may not be read, or all of it would fill the memory', async () => {
    await make('/closed', '', EPHEMERAL, aclOf(Permission.write));
    expect(await client.code(steps.detailedList(top, filter.all, false, true))).toBe(ErrorCode.noAuth);
    for (let at = 0; at < 20; at++) await make(`/heavy${at}`, 'h'.repeat(1_000_000));
    expect(await client.code(steps.detailedList(top, filter.persistentOnly, true, true))).toBe(
      ErrorCode.systemError,
    );
    expect(await client.code(steps.detailedList(top, filter.persistentOnly, true, false))).toBe(0);
  });
});

describe('a list of all that is below (507)', () => {
  beforeEach(async () => {
    for (const name of ['/a', '/b', '/a/1', '/a/2', '/a/1/x']) await make(name);
  });

  const below = async (path: string, limit: number): Promise<string[]> => {
    const { err, record } = await client.ask(steps.listRecursive(path, limit));
    expect(err).toBe(0);
    const paths = record.texts();
    expect(record.left).toBe(0);
    return paths.map((each) => each.slice(top.length));
  };

  test('has whole paths, the nearest first, as many as may be', async () => {
    expect(await below(top, 100)).toEqual(['/a', '/b', '/a/1', '/a/2', '/a/1/x']);
    expect(await below(`${top}/a/1`, 4_294_967_295)).toEqual(['/a/1/x']);
    expect(await below(`${top}/b`, 100)).toEqual([]);
    for (let limit = 0; limit <= 5; limit++) expect(await below(top, limit)).toHaveLength(limit);
  });

  test('leaves out what may not be read, and all below it', async () => {
    expect(
      await client.code({
        op: op.setAcl,
        record: Buffer.concat([text(`${top}/a`), aclOf(Permission.create), int(-1)]),
      }),
    ).toBe(0);
    expect(await below(top, 100)).toEqual(['/b']);
    expect(await client.code(steps.listRecursive(`${top}/a`, 1))).toBe(ErrorCode.noAuth);
    expect(await client.code(steps.listRecursive(`${top}/none`, 1))).toBe(ErrorCode.noNode);
  });
});

describe('a multiRead', () => {
  test('takes more reads than ZooKeeper’s, each with a result of its own', async () => {
    await make('/a', 'of a');
    await make('/x', 'of x', EPHEMERAL);
    const { err, outcomes } = await client.multiRead(
      steps.exists(`${top}/a`),
      steps.exists(`${top}/none`),
      steps.get(`${top}/a`),
      steps.simpleList(top),
      steps.filteredList(top, filter.ephemeralOnly),
      steps.detailedList(top, filter.persistentOnly, false, true),
      steps.listRecursive(top, 1),
    );
    expect(err).toBe(0);
    expect(outcomes.map(({ type, err: code }) => [type, code])).toEqual([
      [op.exists, 0],
      [op.exists, ErrorCode.noNode],
      [op.get, 0],
      [op.simpleList, 0],
      [op.list, 0],
      [op.filteredListWithStatsAndData, 0],
      [op.listRecursive, 0],
    ]);
    expect(outcomes[0]!.stat!.dataLength).toBe(4);
    expect(outcomes[2]!.data).toBe('of a');
    expect(outcomes[3]!.names).toEqual(['a', 'x']);
    expect(outcomes[4]!.names).toEqual(['x']);
    expect(outcomes[5]!.details).toMatchObject({ names: ['a'], stats: [], data: ['of a'] });
    expect(outcomes[6]!.names).toEqual([`${top}/a`]);
  });

  test('leaves the watches of its reads, and none where it cannot be read', async () => {
    await client.multiRead(steps.exists(`${top}/a`, true), steps.filteredList(top, filter.all, true));
    await make('/a');
    expect(await client.raw.told()).toEqual([
      { type: event.created, path: `${top}/a` },
      { type: event.children, path: top },
    ]);
    const { err } = await client.multiRead(steps.get(top, true), steps.remove(top));
    expect(err).toBe(ErrorCode.marshallingError);
    await client.ask(steps.removeRecursive(top, 10));
    expect(await client.raw.told()).toEqual([]);
  });
});
