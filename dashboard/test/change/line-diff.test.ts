import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { type DiffLine, differences, diffLines, folded } from '../../change/line-diff.js';

const formerOf = (lines: readonly DiffLine[]): string[] =>
  lines.filter(({ kind }) => kind !== 'added').map(({ line }) => line);
const latterOf = (lines: readonly DiffLine[]): string[] =>
  lines.filter(({ kind }) => kind !== 'removed').map(({ line }) => line);

/** Of the longest common subsequence, by the table that everybody knows. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  const row = new Array<number>(other.length + 1).fill(0);
  for (const line of one) {
    let diagonal = 0;
    for (const [at, against] of other.entries()) {
      const above = row[at + 1]!;
      row[at + 1] = line === against ? diagonal + 1 : Math.max(above, row[at]!);
      diagonal = above;
    }
  }
  return row.at(-1)!;
}

const linesFrom = (random: Random, most: number): string[] =>
  Array.from({ length: random.below(most) }, () => random.pick(['a', 'b', 'c', 'd']));

describe('a difference by lines', () => {
  test('is nothing but same lines for two texts that are the same', () => {
    const lines = ['a', 'b', ''];
    expect(diffLines(lines, lines).map(({ kind }) => kind)).toEqual(['same', 'same', 'same']);
  });

  test('tells which lines go and which come, in their places', () => {
    const lines = diffLines(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd', 'e']);
    expect(lines.map(({ kind, line }) => `${kind} ${line}`)).toEqual([
      'same a',
      'removed b',
      'added x',
      'same c',
      'same d',
      'added e',
    ]);
  });

  test('leads from the one text to the other, and is the shortest that does, for any two', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(seed);
      const one = linesFrom(random, 30);
      const other = linesFrom(random, 30);
      const lines = diffLines(one, other);
      expect([formerOf(lines), latterOf(lines)], `seed ${seed}`).toEqual([one, other]);
      const { added, removed } = differences(lines);
      expect(added + removed, `seed ${seed}`).toBe(one.length + other.length - 2 * commonLength(one, other));
    }
  });

  test('leads from the one to the other beyond the bound, too, where it is not the shortest', () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const one = linesFrom(random, 40);
      const other = linesFrom(random, 40);
      const lines = diffLines(one, other, 3);
      expect([formerOf(lines), latterOf(lines)], `seed ${seed}`).toEqual([one, other]);
    }
  });

  test('of two large texts that have nothing in common is told all the same', () => {
    const one = Array.from({ length: 60_000 }, (_, at) => `one ${at}`);
    const other = Array.from({ length: 60_000 }, (_, at) => `other ${at}`);
    expect(differences(diffLines(one, other))).toEqual({ added: 60_000, removed: 60_000 });
  });
});

describe('what is folded', () => {
  const lines = (text: string): DiffLine[] =>
    [...text].map((sign) => ({
      kind: sign === '+' ? 'added' : sign === '-' ? 'removed' : 'same',
      line: sign,
    }));

  test('leaves out what is the same and not near a difference, and says how much', () => {
    const told = folded(lines('abcdefgh+ijklmnopq-r'), 2);
    expect(told.map((line) => (line.kind === 'left-out' ? line.lines : line.line)).join(' ')).toBe(
      '6 g h + i j 5 p q - r',
    );
  });

  test('is one line for a text without a difference', () => {
    expect(folded(lines('abc'), 3)).toEqual([{ kind: 'left-out', lines: 3 }]);
  });
});
