import { CoordinationError } from '@rookery/client';
import type { ChildrenPage, Stat } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { type PagedNode, type Pages, pagedWalk } from '../../../../src/http/window/tree/paged-walk.ts';

const STAT: Stat = {
  czxid: 1,
  mzxid: 1,
  pzxid: 1,
  ctime: 0,
  mtime: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0,
  dataLength: 0,
  numChildren: 0,
};

/** A tree of names in pages of two; a cursor is the index of the next child. */
class PagedTree implements Pages {
  readonly #childrenOf: (path: string) => readonly string[];
  readonly asked: string[] = [];
  readonly unreadable = new Set<string>();
  /** Cursors that lead nowhere, as `path index`. */
  readonly lost = new Set<string>();
  isAlwaysLost = false;
  inFlight = 0;
  mostInFlight = 0;

  constructor(childrenOf: (path: string) => readonly string[]) {
    this.#childrenOf = childrenOf;
  }

  async page(path: string, cursor: Uint8Array | undefined): Promise<ChildrenPage> {
    const at = cursor?.[0] ?? 0;
    this.asked.push(`${path} ${at}`);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight--;
    const names = this.#childrenOf(path);
    if (this.unreadable.has(path) || names.includes('gone')) {
      const code = this.unreadable.has(path) ? 'NO_AUTH' : 'NO_NODE';
      throw new CoordinationError(code, code, { operation: 'children', path, retry: 'no' });
    }
    const stat = { ...STAT, numChildren: names.length };
    if (this.lost.delete(`${path} ${at}`) || (this.isAlwaysLost && at > 0))
      return { isCursorKnown: false, children: [], stat, cursor: undefined };
    const children = names.slice(at, at + 2).map((name) => {
      const child = path === '/' ? `/${name}` : `${path}/${name}`;
      const stat = this.unreadable.has(child)
        ? undefined
        : { ...STAT, czxid: names.indexOf(name), numChildren: this.#childrenOf(child).length };
      return { name, stat };
    });
    return {
      isCursorKnown: true,
      children,
      stat,
      cursor: at + 2 < names.length ? Uint8Array.of(at + 2) : undefined,
    };
  }
}

const tree: Readonly<Record<string, readonly string[]>> = {
  '/': ['a', 'b', 'c'],
  '/a': ['x', 'y', 'z'],
  '/a/x': ['1'],
  '/c': ['gone'],
};
const of = (path: string): readonly string[] => tree[path] ?? [];

async function all(nodes: AsyncIterable<PagedNode>): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path, depth, stat } of nodes)
    paths.push(`${depth}${path}${stat === undefined ? '?' : ''}`);
  return paths;
}

describe('a walk by pages', () => {
  test('meets each parent before its children, over page after page, and asks nothing of leaves', async () => {
    const pages = new PagedTree(of);
    expect(await all(pagedWalk(pages, '/'))).toEqual([
      '0/',
      '1/a',
      '2/a/x',
      '3/a/x/1',
      '2/a/y',
      '2/a/z',
      '1/b',
      '1/c',
    ]);
    expect([...pages.asked].sort()).toEqual(['/ 0', '/ 2', '/a 0', '/a 2', '/a/x 0', '/c 0']);
  });

  test('meets what may not be read, and nothing below', async () => {
    const pages = new PagedTree(of);
    pages.unreadable.add('/a');
    expect(await all(pagedWalk(pages, '/'))).toEqual(['0/', '1/a?', '1/b', '1/c']);
    pages.unreadable.add('/');
    await expect(all(pagedWalk(pages, '/'))).rejects.toMatchObject({ code: 'NO_AUTH' });
  });

  test('leaves out what it is told to, unasked', async () => {
    const pages = new PagedTree(of);
    expect(await all(pagedWalk(pages, '/', { leavesOut: (path) => path === '/a' }))).toEqual([
      '0/',
      '1/b',
      '1/c',
    ]);
    expect(pages.asked).not.toContain('/a 0');
  });

  test('that loses its place in a list goes on behind what it has handed out', async () => {
    const pages = new PagedTree(of);
    pages.lost.add('/a 2');
    expect(await all(pagedWalk(pages, '/a'))).toEqual(['0/a', '1/a/x', '2/a/x/1', '1/a/y', '1/a/z']);
    expect(pages.asked.filter((asked) => asked === '/a 0')).toHaveLength(2);
  });

  test('that loses its place in a list of which nobody can tell what was handed out says so', async () => {
    const pages = new PagedTree(of);
    pages.unreadable.add('/a/y');
    pages.lost.add('/a 2');
    await expect(all(pagedWalk(pages, '/a'))).rejects.toMatchObject({ code: 'CURSOR_LOST', path: '/a' });
  });

  test('that loses its place again and again says so in the end', async () => {
    const pages = new PagedTree(of);
    pages.isAlwaysLost = true;
    await expect(all(pagedWalk(pages, '/a'))).rejects.toMatchObject({ code: 'CURSOR_LOST', path: '/a' });
    expect(pages.asked.filter((asked) => asked === '/a 0')).toHaveLength(9);
  });

  test('of whoever removes begins the list again with all that is there', async () => {
    const pages = new PagedTree(of);
    pages.lost.add('/a 2');
    expect(await all(pagedWalk(pages, '/a', { beginsAgain: true }))).toEqual([
      '0/a',
      '1/a/x',
      '2/a/x/1',
      '1/a/y',
      '1/a/x',
      '2/a/x/1',
      '1/a/y',
      '1/a/z',
    ]);
  });

  test('has asked for the next page of a list before it hands this one out', async () => {
    const pages = new PagedTree(of);
    const walk = pagedWalk(pages, '/a');
    await walk.next();
    expect(pages.asked).toEqual(['/a 0', '/a 2']);
    await walk.return(undefined);
  });

  test('is ahead of whoever takes its nodes by a bound, and asks no more once nobody does', async () => {
    const wide = Array.from({ length: 200 }, (_, at) => `${at}`);
    const pages = new PagedTree((path) => (path.length < 12 ? wide : []));
    const walk = pagedWalk(pages, '/');
    let count = 0;
    for await (const _node of walk) if (++count === 1_000) break;
    expect(pages.mostInFlight).toBeGreaterThan(1);
    expect(pages.mostInFlight).toBeLessThanOrEqual(40);
    const asked = pages.asked.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(pages.asked.length).toBe(asked);
  });
});
