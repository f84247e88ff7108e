import { describe, expect, test } from 'vitest';
import type { NodeStat } from '../../src/calls/node-stat.ts';
import type { Client } from '../../src/client.ts';
import { CoordinationError } from '../../src/errors.ts';
import { join } from '../../src/paths.ts';
import { type WalkedNode, walk } from '../../src/subtree/walk.ts';

const STAT: NodeStat = {
  czxid: 1,
  mzxid: 1,
  pzxid: 1,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
  dataLength: 0,
  numChildren: 0,
};

/** A tree whose answers come when the test says so. */
class SlowTree implements Pick<Client, 'children'> {
  readonly #childrenOf: (path: string) => string[];
  readonly #waiting: (() => void)[] = [];
  readonly asked: string[] = [];
  mostAtOnce = 0;
  rounds = 0;

  constructor(childrenOf: (path: string) => string[]) {
    this.#childrenOf = childrenOf;
  }

  children(path: string): Promise<{ names: string[]; stat: NodeStat }> {
    this.asked.push(path);
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve({ names: this.#childrenOf(path), stat: STAT });
        } catch (error) {
          reject(error);
        }
      });
      if (this.#waiting.length === 1) setImmediate(() => this.#answerAll());
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#waiting.length);
    });
  }

  /** One way to the server and back. */
  #answerAll(): void {
    this.rounds++;
    for (const answer of this.#waiting.splice(0)) answer();
  }
}

async function pathsOf(nodes: AsyncIterable<WalkedNode>): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of nodes) paths.push(path);
  return paths;
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
const depthOf = (path: string): number => (path === '/' ? 0 : path.split('/').length - 1);
const failing = (code: 'NO_NODE' | 'NO_AUTH', path: string): CoordinationError =>
  new CoordinationError(code, path, { operation: 'children', path, retry: 'no' });

describe('a walk', () => {
  test('meets each parent before its children and siblings by name, whatever the order of the answers', async () => {
    const tree = new SlowTree(
      (path) => ({ '/': ['b', 'a', 'a-1'], '/a': ['z', 'y'], '/a/y': ['q'] })[path] ?? [],
    );
    const nodes: WalkedNode[] = [];
    for await (const node of walk(tree, '/')) nodes.push(node);
    expect(nodes.map(({ path }) => path)).toEqual(['/', '/a', '/a/y', '/a/y/q', '/a/z', '/a-1', '/b']);
    expect(nodes.map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 2, 1, 1]);
    expect(nodes.filter(({ isLast }) => isLast).map(({ path }) => path)).toEqual([
      '/',
      '/a/y/q',
      '/a/z',
      '/b',
    ]);
  });

  test('asks for each node once, many at a time and never more than 128', async () => {
    const tree = new SlowTree((path) => (depthOf(path) < 3 ? numbers(17) : []));
    const paths = await pathsOf(walk(tree, '/'));
    expect(paths.length).toBe(1 + 17 + 17 ** 2 + 17 ** 3);
    expect(tree.asked.length).toBe(paths.length);
    expect(new Set(tree.asked).size).toBe(paths.length);
    expect(tree.mostAtOnce).toBe(128);
    expect(tree.rounds).toBeLessThan((2 * paths.length) / 128);
  });

  test('many chains side by side take no more ways to the server than their nodes fill', async () => {
    const tree = new SlowTree((path) => (path === '/' ? numbers(1_000) : depthOf(path) < 4 ? ['only'] : []));
    const paths = await pathsOf(walk(tree, '/'));
    expect(paths.length).toBe(4_001);
    expect(tree.rounds).toBeLessThan(60);
  });

  test('is not ahead of a slow taker by more than 1,024 nodes', async () => {
    const tree = new SlowTree((path) => (path === '/' ? numbers(5_000) : []));
    const nodes = walk(tree, '/');
    await nodes.next();
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(tree.asked.length).toBeLessThanOrEqual(1_026);
    await nodes.return(undefined);
    const asked = tree.asked.length;
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(tree.asked.length).toBe(asked);
  });

  test('leaves out what goes meanwhile, and what it is told to', async () => {
    const tree = new SlowTree((path) => {
      if (path === '/gone') throw failing('NO_NODE', path);
      return path === '/' ? ['a', 'gone', 'zookeeper'] : path === '/zookeeper' ? ['config'] : [];
    });
    const leavesOut = (path: string): boolean => path === '/zookeeper';
    expect(await pathsOf(walk(tree, '/', { leavesOut }))).toEqual(['/', '/a']);
  });

  test('ends at a depth without asking for what is below', async () => {
    const tree = new SlowTree((path) => (depthOf(path) < 5 ? ['a', 'b'] : []));
    expect(await pathsOf(walk(tree, '/', { maxDepth: 1 }))).toEqual(['/', '/a', '/b']);
    expect(tree.asked.length).toBe(3);
  });

  test('fails where a node may not be read, unless somebody wants to hear of it', async () => {
    const tree = new SlowTree((path) => {
      if (path === '/b') throw failing('NO_AUTH', path);
      return path === '/' ? ['a', 'b', 'c'] : [];
    });
    await expect(pathsOf(walk(tree, '/'))).rejects.toMatchObject({ code: 'NO_AUTH' });
    const hidden: string[] = [];
    const options = { unreadable: (path: string) => void hidden.push(path) };
    expect(await pathsOf(walk(tree, '/', options))).toEqual(['/', '/a', '/c']);
    expect(hidden).toEqual(['/b']);
  });

  test('a root that is not there fails it', async () => {
    const tree = new SlowTree((path) => {
      throw failing('NO_NODE', path);
    });
    await expect(pathsOf(walk(tree, join('/', 'none')))).rejects.toMatchObject({ code: 'NO_NODE' });
  });
});
