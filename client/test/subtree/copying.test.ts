import { OPEN_ACL } from '@rookery/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Step, TransactionError } from '../../src/calls/transaction.ts';
import type { Client } from '../../src/client.ts';
import { CoordinationError } from '../../src/errors.ts';
import { copyTo, type ModelNode } from '../../src/subtree/copier.ts';
import { linesOf } from '../../src/subtree/lines.ts';
import { removeAll } from '../../src/subtree/removal.ts';
import { SequenceCounters } from '../../src/subtree/sequence-counters.ts';
import { inTransactions } from '../../src/subtree/transactions.ts';
import { TestServer } from '../../src/testing/index.ts';

let server: TestServer;
let zk: Client;

beforeAll(async () => {
  server = await TestServer.start();
  zk = await server.connect();
});

afterAll(() => server.stop());

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe('many steps', () => {
  test('go in transactions, in their order', async () => {
    const steps = Array.from(
      { length: 1_000 },
      (_, i): Step => ({ do: 'create', path: i === 0 ? '/t' : `/t/${i}` }),
    );
    const never = (): Promise<void> => Promise.reject(new Error('no step is to be done alone'));
    const told: number[] = [];
    expect(await inTransactions(zk, each(steps), never, (count) => told.push(count))).toBe(1_000);
    expect(told).toEqual([256, 512, 768, 1_000]);
    expect((await zk.children('/t')).names.length).toBe(999);
  });

  test('where a transaction is refused, its steps are done alone, and those behind it that fail by it', async () => {
    await zk.create('/u');
    await zk.create('/u/300');
    const steps = Array.from(
      { length: 1_000 },
      (_, i): Step => ({ do: 'create', path: i < 500 ? `/u/${i}` : `/u/${i - 500}/below` }),
    );
    let there = 0;
    const alone = async (step: Step): Promise<void> => {
      try {
        await zk.create(step.path);
      } catch (error) {
        if ((error as CoordinationError).code !== 'NODE_EXISTS') throw error;
        there++;
      }
    };
    expect(await inTransactions(zk, each(steps), alone, () => {})).toBe(1_000);
    expect(there).toBe(1);
    expect(await zk.countDescendants('/u')).toBe(1_000);
  });

  test('a lost connection is no refusal: nothing is done twice', async () => {
    const lost = new CoordinationError('CONNECTION_LOST', 'lost', {
      operation: 'transaction',
      retry: 'in-doubt',
    });
    const broken = { transaction: () => Promise.reject(lost) } as unknown as Client;
    const alone = (): Promise<void> => Promise.reject(new Error('done twice'));
    const step: Step = { do: 'create', path: '/x' };
    await expect(inTransactions(broken, each([step]), alone, () => {})).rejects.toBe(lost);
    expect(lost).not.toBeInstanceOf(TransactionError);
  });
});

describe('a copy', () => {
  const model = (count: number): ModelNode[] =>
    Array.from({ length: count }, (_, i) => ({
      relative: i === 0 ? '' : `/${i}`,
      depth: i === 0 ? 0 : 1,
      data: Buffer.alloc(0),
      acl: OPEN_ACL,
      nextSequence: 0,
    }));

  test('onto a root that is there makes nothing at all, unless it merges', async () => {
    await zk.create('/there');
    const options = { merges: false, done: () => {} };
    await expect(copyTo(zk, '/there', each(model(300)), options)).rejects.toMatchObject({
      code: 'NODE_EXISTS',
      path: '/there',
      message: 'create /there: the node exists',
    });
    expect((await zk.children('/there')).names).toEqual([]);
    expect(await copyTo(zk, '/there', each(model(300)), { ...options, merges: true })).toMatchObject({
      nodes: 300,
    });
  });

  test('onto the root of the ensemble fills it', async () => {
    await copyTo(zk, '/', each(model(3)), { merges: false, done: () => {} });
    expect((await zk.children('/')).names).toEqual(expect.arrayContaining(['1', '2']));
  });
});

describe('removal', () => {
  test('of what somebody else has removed is fine, of what somebody has put children below is not', async () => {
    for (const path of ['/r', '/r/a', '/r/c']) await zk.create(path);
    expect(await removeAll(zk, each(['/r/a', '/r/b', '/r/c', '/r']), () => {})).toBe(3);
    for (const path of ['/r', '/r/new']) await zk.create(path);
    await expect(removeAll(zk, each(['/r']), () => {})).rejects.toMatchObject({
      code: 'NOT_EMPTY',
      path: '/r',
    });
  });
});

describe('sequence counters', () => {
  test('are told where a copy begins lower, in the order of a walk', () => {
    const counters = new SequenceCounters();
    counters.node('/', 0, 9, 0);
    counters.childMade(1);
    counters.node('/a', 1, 2, 0);
    counters.childMade(2);
    counters.node('/a/x', 2, 0, 0);
    counters.childMade(2);
    counters.node('/a/y', 2, 5, 7);
    counters.childMade(1);
    counters.node('/b', 1, 0, 0);
    const lost = counters.end();
    expect(lost).toEqual({ count: 1, first: [{ path: '/', was: 9, is: 2 }] });
  });

  test('are kept for a hundred', () => {
    const counters = new SequenceCounters();
    for (let i = 0; i < 150; i++) counters.node(`/${i}`, 1, 1, 0);
    const lost = counters.end();
    expect([lost.count, lost.first.length]).toEqual([150, 100]);
  });
});

test('lines come out whole, wherever the pieces are cut', async () => {
  const bytes = Buffer.from('eins\n\nzwölf\r\n{"x":"日本"}\nlast');
  for (let size = 1; size < 9; size++) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    const lines: string[] = [];
    for await (const line of linesOf(each(pieces))) lines.push(line);
    expect(lines).toEqual(['eins', 'zwölf\r', '{"x":"日本"}', 'last']);
  }
});
