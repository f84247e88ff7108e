import {
  type ChildrenPage,
  ErrorCode,
  OpCode,
  Permission,
  Reader,
  readChildrenPage,
  readReplyHeader,
  type Slot,
  Writer,
  writeChildrenPageRequest,
} from '@rookery/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { answerChildrenPage } from '../../src/connections/children-page.ts';
import type { ReadState } from '../../src/connections/read.ts';
import type { Watcher } from '../../src/connections/watches.ts';
import { Tree } from '../../src/tree/tree.ts';
import { TreeDriver } from '../tree/tree-driver.ts';
import { create, remove } from '../tree/writes.ts';
import { TestEnsemble } from './ensemble.ts';

const HEADER_BYTES = 8;
const LENGTH_BYTES = 4;
const READABLE = [{ perms: Permission.read, scheme: 'digest', id: 'ann:x' }];

/** Counts the steps from one child to the next. */
class CountedTree extends Tree {
  steps = 0;

  override nextSibling(slot: Slot): Slot {
    this.steps++;
    return super.nextSibling(slot);
  }

  override previousSibling(slot: Slot): Slot {
    this.steps++;
    return super.previousSibling(slot);
  }
}

class CountedDriver extends TreeDriver {
  override readonly tree = new CountedTree();
}

let driver: CountedDriver;
let treeMark: number;
let pageBytes: number;

beforeEach(() => {
  driver = new CountedDriver();
  driver.apply(create('/p'));
  treeMark = 7;
  pageBytes = 1_000_000;
});

interface Asking {
  readonly withStats?: boolean;
  readonly user?: string;
  readonly path?: string;
}

function ask(limit: number, cursor?: Uint8Array, asking: Asking = {}): ChildrenPage | number {
  const request = new Writer();
  writeChildrenPageRequest(request, 1, asking.path ?? '/p', limit, asking.withStats ?? false, cursor);
  const reader = new Reader().reset(request.bytes, LENGTH_BYTES + HEADER_BYTES, request.length);
  const out = new Writer();
  const { tree } = driver;
  const state = {
    tree,
    treeMark,
    lastZxid: driver.zxid,
    bounds: { pageBytes },
    configNode: { readerOf: () => tree },
  } as unknown as ReadState;
  const client = { identities: [{ scheme: 'digest', id: asking.user ?? 'bob:x' }] } as unknown as Watcher;
  expect(answerChildrenPage(out, 1, reader, state, client)).toBe(true);
  const reply = new Reader().reset(out.bytes, LENGTH_BYTES, out.length);
  const { err } = readReplyHeader(reply);
  if (err !== ErrorCode.ok) return err;
  const page = readChildrenPage(reply);
  expect([reply.failed, reply.remaining]).toEqual([false, 0]);
  return page;
}

function page(limit: number, cursor?: Uint8Array, asking: Asking = {}): ChildrenPage {
  const answer = ask(limit, cursor, asking);
  if (typeof answer === 'number') throw new Error(`refused: ${answer}`);
  return answer;
}

const namesOf = ({ children }: ChildrenPage): string[] => children.map(({ name }) => name);

describe('a page of children', () => {
  test('follows the one before it, to the last child, whatever its length', () => {
    const names = Array.from({ length: 23 }, (_, at) => `c${at}`);
    for (const name of names) driver.apply(create(`/p/${name}`));
    for (const limit of [1, 2, 7, 22, 23, 24]) {
      const all: string[] = [];
      let cursor: Uint8Array | undefined;
      let pages = 0;
      do {
        const each = page(limit, cursor);
        expect(each.stat.numChildren).toBe(23);
        all.push(...namesOf(each));
        cursor = each.cursor;
        pages++;
      } while (cursor !== undefined);
      expect([all, pages]).toEqual([names, Math.ceil(23 / limit)]);
    }
  });

  test('costs what it has, not what its node has', () => {
    for (let at = 0; at < 5_000; at++) driver.apply(create(`/p/c${at}`));
    let cursor: Uint8Array | undefined;
    for (let at = 0; at < 20; at++) {
      driver.tree.steps = 0;
      const each = page(10, cursor);
      cursor = each.cursor;
      expect(driver.tree.steps).toBeLessThanOrEqual(10 + 1 + 16);
      expect(namesOf(each)).toEqual(Array.from({ length: 10 }, (_, i) => `c${at * 10 + i}`));
    }
  });

  test('ends with the child that makes it too long, and has one at least', () => {
    for (let at = 0; at < 5; at++) driver.apply(create(`/p/${'x'.repeat(100)}${at}`));
    pageBytes = 250;
    const first = page(10);
    expect(first.children).toHaveLength(3);
    pageBytes = 10;
    expect(page(10, first.cursor).children).toHaveLength(1);
  });

  test('tells no child twice and leaves out none that stays, while others come and go at random', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const prng = new Prng(seed);
      driver = new CountedDriver();
      driver.apply(create('/p'));
      const staying = new Set<string>();
      for (let at = 0; at < 30; at++) {
        driver.apply(create(`/p/c${at}`));
        if (prng.below(2) === 0) staying.add(`c${at}`);
      }
      const told: string[] = [];
      let cursor: Uint8Array | undefined;
      let isLost = false;
      do {
        const each = page(1 + prng.below(5), cursor);
        isLost = !each.isCursorKnown;
        told.push(...each.children.map(({ name }) => name));
        cursor = each.cursor;
        for (let changes = prng.below(6); changes > 0; changes--) {
          const name = `c${prng.below(40)}`;
          if (staying.has(name)) continue;
          // A node made anew is another one, with another name here so that it can be told from the former.
          if (driver.exists(`/p/${name}`)) driver.apply(remove(`/p/${name}`));
          else driver.apply(create(`/p/new-${driver.zxid}`));
        }
      } while (cursor !== undefined && !isLost);
      expect(new Set(told).size, `seed ${seed}`).toBe(told.length);
      if (isLost) continue;
      expect(
        [...staying].filter((name) => !told.includes(name)),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  test('goes on behind the last child told that is still there, and is lost where all sixteen are gone', () => {
    for (let at = 0; at < 40; at++) driver.apply(create(`/p/c${at}`));
    const { cursor } = page(20);
    for (let at = 5; at < 20; at++) driver.apply(remove(`/p/c${at}`));
    expect(namesOf(page(2, cursor))).toEqual(['c20', 'c21']);
    // At its slot there may be another node now.
    driver.apply(remove('/p/c4'));
    for (let at = 0; at < 20; at++) driver.apply(create(`/p/late-${at}`));
    expect(page(2, cursor)).toMatchObject({ isCursorKnown: false, children: [], cursor: undefined });
  });

  test('is not taken up in another tree, nor by what is no cursor', () => {
    for (let at = 0; at < 4; at++) driver.apply(create(`/p/c${at}`));
    const { cursor } = page(2);
    treeMark++;
    expect(page(2, cursor).isCursorKnown).toBe(false);
    treeMark--;
    driver.apply(create('/q'));
    expect(page(2, cursor, { path: '/q' }).isCursorKnown).toBe(false);
    for (let length = 0; length < cursor!.length; length++) page(2, cursor!.subarray(0, length));
    const prng = new Prng(1);
    for (let round = 0; round < 1_000; round++) {
      const bytes = Uint8Array.from({ length: prng.below(210) }, () => prng.below(256));
      bytes.set([0, 0, 0, 7].slice(0, bytes.length));
      expect(page(2, bytes).isCursorKnown).toBe(false);
    }
  });

  test('tells names to who may read the parent, and the stat of a child to who may read that', () => {
    driver.apply(create('/p/open'));
    driver.apply(create('/p/closed', { acl: READABLE }));
    const seen = (user: string) =>
      page(5, undefined, { withStats: true, user }).children.map(({ name, stat }) => [name, stat?.czxid]);
    expect(seen('bob:x')).toEqual([
      ['open', 2],
      ['closed', undefined],
    ]);
    expect(seen('ann:x')).toEqual([
      ['open', 2],
      ['closed', 3],
    ]);
    driver.apply(create('/p/closed/below'));
    expect(ask(5, undefined, { path: '/p/closed' })).toBe(ErrorCode.noAuth);
    expect(ask(5, undefined, { path: '/none' })).toBe(ErrorCode.noNode);
    expect(ask(0)).toBe(ErrorCode.marshallingError);
  });
});

describe('a client of the network', () => {
  let ensemble: TestEnsemble;

  beforeAll(async () => {
    ensemble = await TestEnsemble.start(1);
  });

  afterAll(() => ensemble.stop());

  test('may not ask for pages: to it there is no such operation', async () => {
    const client = await ensemble.session(ensemble.leader);
    const reply = await client.ask(() => client.request(OpCode.getChildrenPage));
    expect([reply.err, reply.zxid]).toEqual([ErrorCode.unimplemented, -1]);
  });
});
