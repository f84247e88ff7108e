import type { WalkedNode } from '@rookery/client/subtree';
import { expect, test } from 'vitest';
import { pairsOf } from '../../src/comparing/pairs.ts';

async function* nodes(...paths: string[]): AsyncGenerator<WalkedNode> {
  for (const path of paths) yield { path } as WalkedNode;
}

test('two walks are set side by side by what leads to each node', async () => {
  const pairs: string[] = [];
  const all = pairsOf(
    '/',
    nodes('/', '/a', '/a/x', '/a-b', '/c'),
    '/r',
    nodes('/r', '/r/a', '/r/a-b', '/r/b', '/r/d'),
  );
  for await (const { relative, a, b } of all) pairs.push(`${relative} ${a?.path ?? '-'} ${b?.path ?? '-'}`);
  expect(pairs).toEqual([
    ' / /r',
    '/a /a /r/a',
    '/a/x /a/x -',
    '/a-b /a-b /r/a-b',
    '/b - /r/b',
    '/c /c -',
    '/d - /r/d',
  ]);
});

test('one of them may be empty', async () => {
  const pairs: string[] = [];
  for await (const { relative, b } of pairsOf('/', nodes('/', '/a'), '/r', nodes()))
    pairs.push(`${relative} ${b}`);
  expect(pairs).toEqual([' undefined', '/a undefined']);
});
