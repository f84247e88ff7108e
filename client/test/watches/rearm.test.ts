import { OpCode, Reader, WATCH_LISTS, Writer, writeSetWatchesRequest } from '@rookery/protocol';
import { expect, test } from 'vitest';
import { inPieces } from '../../src/watches/rearm.ts';

const paths = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `/${prefix}/${'é'.repeat(i % 50)}${i}`);

test('what is watched is told in pieces below the bound, each path once and in its list', () => {
  const all = [
    { data: paths('d', 3_000), exist: paths('e', 10), child: [] },
    { persistent: paths('p', 500), persistentRecursive: ['/r'] },
  ];
  const pieces = inPieces(all, 10_000);
  expect(pieces.length).toBeGreaterThan(10);
  for (const piece of pieces) {
    const writer = new Writer();
    writeSetWatchesRequest(writer, OpCode.setWatches2, 0, piece);
    // Frame, header, zxid, and a count for each list.
    expect(writer.length).toBeLessThanOrEqual(10_000 + 4 + 8 + 8 + 4 * WATCH_LISTS.length);
    expect(new Reader().reset(writer.bytes, 0, 4).readInt()).toBe(writer.length - 4);
  }
  for (const name of WATCH_LISTS) {
    const wanted = all.flatMap((lists) => (lists as Record<string, string[]>)[name] ?? []);
    expect(pieces.flatMap((piece) => piece[name] ?? [])).toEqual(wanted);
  }
});

test('nothing is told where nothing is watched, and a path above the bound goes alone', () => {
  expect(inPieces([{ data: [] }], 100)).toEqual([]);
  expect(inPieces([{ data: ['/a', `/${'x'.repeat(200)}`, '/b'] }], 100)).toHaveLength(3);
});
