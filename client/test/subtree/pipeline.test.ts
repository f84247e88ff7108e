import { describe, expect, test } from 'vitest';
import { deepestFirst } from '../../src/subtree/deepest-first.ts';
import { Heap } from '../../src/subtree/heap.ts';
import { inBatches, inOrder } from '../../src/subtree/pipeline.ts';

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('work in order', () => {
  test('hands out results in the order of the items, with a bounded number under way', async () => {
    let underWay = 0;
    let most = 0;
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++underWay);
      for (let turn = 0; turn <= item % 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return item * 2;
    };
    const items = Array.from({ length: 200 }, (_, i) => i);
    expect(await gathered(inOrder(items, 8, work))).toEqual(items.map((item) => item * 2));
    expect(most).toBe(8);
  });

  test('a failure comes in its turn, and those behind it are not unheard', async () => {
    const taken: number[] = [];
    const work = (item: number): Promise<number> =>
      item < 3 ? Promise.resolve(item) : Promise.reject(new Error(`item ${item}`));
    const run = async (): Promise<void> => {
      for await (const item of inOrder([0, 1, 2, 3, 4, 5], 6, work)) taken.push(item);
    };
    await expect(run()).rejects.toThrow('item 3');
    expect(taken).toEqual([0, 1, 2]);
  });
});

describe('batches', () => {
  test('end at so many items or bytes, and a large item goes alone', async () => {
    const batches = await gathered(inBatches(each([1, 1, 1, 1, 9, 1, 3, 3]), (size) => size, 3, 5));
    expect(batches).toEqual([[1, 1, 1], [1], [9], [1, 3], [3]]);
    expect(await gathered(inBatches(each([]), () => 1, 3, 5))).toEqual([]);
  });
});

describe('the deepest first', () => {
  test('each node comes behind all that is below it', async () => {
    const nodes = ['a', 'a/b', 'a/b/c', 'a/d', 'a/e', 'a/e/f'].map((path) => ({
      path,
      depth: path.split('/').length,
    }));
    const order = (await gathered(deepestFirst(each(nodes)))).map(({ path }) => path);
    expect(order).toEqual(['a/b/c', 'a/b', 'a/d', 'a/e/f', 'a/e', 'a']);
  });
});

describe('a heap', () => {
  test('gives out the smallest first, whatever is put in between', () => {
    const heap = new Heap<number>((a, b) => a - b);
    const out: number[] = [];
    for (let i = 0; i < 300; i++) heap.push((i * 7919) % 1_009);
    for (let i = 0; i < 100; i++) out.push(heap.pop()!);
    heap.push(-1);
    expect(heap.pop()).toBe(-1);
    while (heap.size > 0) out.push(heap.pop()!);
    expect(out).toEqual([...out].sort((a, b) => a - b));
    expect(out.length).toBe(300);
    expect(heap.pop()).toBeUndefined();
  });
});

test('work whose weight is known goes on together up to that weight, and alone beyond', async () => {
  let underWay = 0;
  let most = 0;
  const weights = [40, 40, 40, 500, 10, 90];
  const limit = { items: 4, weight: 100, weightOf: (weight: number) => weight };
  const work = async (weight: number): Promise<number> => {
    underWay += weight;
    most = Math.max(most, underWay - (weight > limit.weight ? weight - limit.weight : 0));
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= weight;
    return weight;
  };
  const done: number[] = [];
  for await (const weight of inOrder(weights, limit, work)) done.push(weight);
  expect(done).toEqual(weights);
  expect(most).toBe(100);
});
