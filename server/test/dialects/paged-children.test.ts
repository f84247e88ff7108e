import { ErrorCode } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bool, bytes, int, long, openAcl, text } from '../../../testkit/src/wire/requests.ts';
import { TestEnsemble } from '../connections/ensemble.ts';
import { RawClient, type RawReply } from './raw-client.ts';

const CREATE = 1;
const DELETE = 2;
const MULTI = 14;
const GET_CHILDREN_PAGINATED = 71;
const CHILDREN_CHANGED = 4;
/** The member that has the dialect. */
const WITH = 1;

let ensemble: TestEnsemble;
let client: RawClient;
let plain: RawClient;

beforeAll(async () => {
  ensemble = await TestEnsemble.start(3, (serverId) => ({
    dialects: { clickHouseKeeper: false, pagedChildren: serverId === WITH },
  }));
  const [first, second] = ensemble.members;
  client = await RawClient.begin(first!.port);
  plain = await RawClient.begin(second!.port);
});

afterAll(async () => {
  client?.close();
  plain?.close();
  await ensemble?.stop();
});

const createRecord = (path: string, acl = openAcl(), flags = 0): Buffer =>
  Buffer.concat([text(path), bytes(Buffer.alloc(0)), acl, int(flags)]);

async function make(path: string): Promise<void> {
  expect((await client.ask(CREATE, createRecord(path))).err).toBe(0);
}

/** All in one transaction. */
async function makeTogether(paths: readonly string[]): Promise<void> {
  const items = paths.map((path) => Buffer.concat([int(CREATE), bool(false), int(-1), createRecord(path)]));
  const end = Buffer.concat([int(-1), bool(true), int(-1)]);
  expect((await client.ask(MULTI, ...items, end)).err).toBe(0);
}

interface Asked {
  readonly most: number;
  readonly minCzxid?: number;
  readonly offset?: number;
  readonly watch?: boolean;
}

const ask = (path: string, { most, minCzxid = 0, offset = 0, watch = false }: Asked): Promise<RawReply> =>
  client.ask(GET_CHILDREN_PAGINATED, text(path), int(most), long(minCzxid), int(offset), bool(watch));

async function page(path: string, asked: Asked) {
  const { err, record } = await ask(path, asked);
  expect(err).toBe(0);
  const found = {
    children: record.texts(),
    stat: record.stat(),
    nextCzxid: record.long(),
    nextOffset: record.int(),
  };
  expect(record.left).toBe(0);
  return found;
}

async function all(path: string, most: number): Promise<{ names: string[]; pages: number }> {
  const names: string[] = [];
  let [minCzxid, offset, pages] = [0, 0, 0];
  do {
    const each = await page(path, { most, minCzxid, offset });
    names.push(...each.children);
    [minCzxid, offset] = [each.nextCzxid, each.nextOffset];
    pages++;
  } while (minCzxid !== -1);
  expect(offset).toBe(-1);
  return { names, pages };
}

describe('a page of children (71)', () => {
  test('has them in the order of their creation, with the stat of their parent, and says where the next one begins', async () => {
    await make('/ordered');
    for (const name of ['c', 'a', 'b']) await make(`/ordered/${name}`);
    const first = await page('/ordered', { most: 2 });
    expect(first.children).toEqual(['c', 'a']);
    expect(first.stat.numChildren).toBe(3);
    expect(first.nextOffset).toBe(0);
    const second = await page('/ordered', { most: 2, minCzxid: first.nextCzxid, offset: first.nextOffset });
    expect(second).toMatchObject({ children: ['b'], nextCzxid: -1, nextOffset: -1 });
  });

  test('parts those that one transaction created by their names', async () => {
    await make('/together');
    await makeTogether(['z', 'y', 'x', 'w', 'v'].map((name) => `/together/${name}`));
    const first = await page('/together', { most: 2 });
    expect([first.children, first.nextOffset]).toEqual([['v', 'w'], 2]);
    const second = await page('/together', { most: 2, minCzxid: first.nextCzxid, offset: 2 });
    expect([second.children, second.nextCzxid, second.nextOffset]).toEqual([['x', 'y'], first.nextCzxid, 4]);
    expect((await all('/together', 1)).names).toEqual(['v', 'w', 'x', 'y', 'z']);
  });

  test('is as many as fit into a message that clients take, however many are asked for', async () => {
    await make('/many');
    const name = (at: number): string => `${'n'.repeat(2_000)}${String(at).padStart(4, '0')}`;
    for (let at = 0; at < 700; at += 100)
      await makeTogether(Array.from({ length: 100 }, (_, i) => `/many/${name(at + i)}`));
    const { frame } = await ask('/many', { most: 2_147_483_647 });
    expect(frame.length).toBeLessThan(0xfffff);
    const { names, pages } = await all('/many', 2_147_483_647);
    expect(names).toEqual(Array.from({ length: 700 }, (_, at) => name(at)));
    expect(pages).toBe(2);
  });

  test('leaves its watch with the last page alone', async () => {
    await make('/watched');
    for (const name of ['a', 'b', 'c']) await make(`/watched/${name}`);
    const first = await page('/watched', { most: 2, watch: true });
    await make('/watched/d');
    expect(await client.told()).toEqual([]);
    const next = { minCzxid: first.nextCzxid, offset: first.nextOffset };
    expect((await page('/watched', { most: 5, ...next, watch: true })).nextCzxid).toBe(-1);
    await make('/watched/e');
    await make('/watched/f');
    expect(await client.told()).toEqual([{ type: CHILDREN_CHANGED, path: '/watched' }]);
  });

  test('goes on though the child where it would begin is gone', async () => {
    await make('/gone');
    for (const name of ['a', 'b', 'c', 'd']) await make(`/gone/${name}`);
    const first = await page('/gone', { most: 2 });
    expect((await client.ask(DELETE, text('/gone/c'), int(-1))).err).toBe(0);
    const second = await page('/gone', { most: 2, minCzxid: first.nextCzxid });
    expect(second.children).toEqual(['d']);
  });

  test('is refused as other reads are', async () => {
    const nobody = Buffer.concat([int(1), int(1 << 1), text('world'), text('anyone')]);
    await client.ask(CREATE, createRecord('/closed', nobody));
    expect((await ask('/closed', { most: 1 })).err).toBe(ErrorCode.noAuth);
    expect((await ask('/not there', { most: 1, watch: true })).err).toBe(ErrorCode.noNode);
    expect((await ask('/', { most: 0 })).err).toBe(ErrorCode.badArguments);
    expect((await ask('/', { most: 1, offset: -1 })).err).toBe(ErrorCode.badArguments);
    const { err, frame } = await client.ask(GET_CHILDREN_PAGINATED, text('/'), int(1));
    expect([err, frame.length]).toEqual([ErrorCode.marshallingError, 16]);
  });

  test('is an operation that nobody has where it is not switched on, as before', async () => {
    const record = [text('/'), int(1), long(0), int(0), bool(false)];
    const { frame } = await plain.ask(GET_CHILDREN_PAGINATED, ...record);
    expect(frame.toString('hex')).toBe(`00000001${'ff'.repeat(8)}fffffffa`);
    await plain.closed();
  });
});
