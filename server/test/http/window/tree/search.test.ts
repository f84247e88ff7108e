import type { NodeStat } from '@rookery/client';
import { describe, expect, test } from 'vitest';
import type { PagedNode } from '../../../../src/http/window/tree/paged-walk.ts';
import { excerptOf, patternOf, searched } from '../../../../src/http/window/tree/search.ts';

const node = (path: string, dataLength: number | undefined): PagedNode => ({
  path,
  depth: 0,
  stat: dataLength === undefined ? undefined : ({ dataLength, ephemeralOwner: 0n } as NodeStat),
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function* walk(nodes: readonly PagedNode[]): AsyncGenerator<PagedNode> {
  yield* nodes;
}

describe('an excerpt', () => {
  test('is what stands around the first place, in whatever case, with what is unseen made visible', async () => {
    expect(await excerptOf(Buffer.from('a\u0000B\u202ec'), patternOf('b'))).toBe('a␀B�c');
    expect(await excerptOf(Buffer.from('GRÖSSE größe'), patternOf('Größe'))).toBe('GRÖSSE größe');
    expect(await excerptOf(Buffer.from('x'), patternOf('b'))).toBeUndefined();
    const long = await excerptOf(
      Buffer.from(`${'a'.repeat(500)}needle${'b'.repeat(500)}`),
      patternOf('NEEDLE'),
    );
    expect(long).toBe(`${'a'.repeat(40)}needle${'b'.repeat(74)}`);
  });

  test.each(['a.b', '(', '[a-z]+', '$^', '\\d', 'a|b', '{2}', '/*'])(
    '%j is a text, not a pattern',
    async (text) => {
      expect(await excerptOf(Buffer.from(`x${text}x`), patternOf(text))).toBe(`x${text}x`);
      expect(await excerptOf(Buffer.from('axb a1b 22'), patternOf(text))).toBeUndefined();
    },
  );

  test('is found wherever the pieces of a value are cut', async () => {
    const value = Buffer.from(`${'ä'.repeat(3_000)}nädel${'b'.repeat(3_000)}`);
    for (const piece of [997, 1_000, 1_001, 6_002, 6_003])
      expect(await excerptOf(value, patternOf('NÄDEL'), piece), `${piece}`).toContain('nädel');
  });
});

describe('a search', () => {
  test('tells each node once, by its name where that has the text, and ends at its limit', async () => {
    const nodes = [
      node('/needle', 6),
      node('/a', 6),
      node('/b', 0),
      node('/closed', undefined),
      node('/c', 6),
    ];
    const values: string[] = [];
    const readValue = async ({ path }: PagedNode) => {
      values.push(path);
      return Buffer.from('Needle');
    };
    const lines = async (where: 'names' | 'values' | 'both', limit: number) =>
      all(searched(walk(nodes), { text: 'needle', in: where, limit }, readValue));
    expect(await lines('names', 10)).toEqual([
      { path: '/needle', where: 'name' },
      { end: true, looked: 5, found: 1, isCut: false, unreadable: 1 },
    ]);
    expect(values).toEqual([]);
    expect(await lines('both', 10)).toEqual([
      { path: '/needle', where: 'name' },
      { path: '/a', where: 'value', excerpt: 'Needle' },
      { path: '/c', where: 'value', excerpt: 'Needle' },
      { end: true, looked: 5, found: 3, isCut: false, unreadable: 1 },
    ]);
    expect((await lines('values', 2)).at(-1)).toMatchObject({ found: 2, isCut: true });
    expect((await lines('values', 3)).at(-1)).toMatchObject({ found: 3, isCut: false });
  });
});
