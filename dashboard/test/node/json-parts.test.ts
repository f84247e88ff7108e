import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { entriesOf, isEmpty, type Part, wholeOf } from '../../node/json-parts.js';

/** Reads the parts again, so that they can be compared with what JSON.parse reads. */
function read(text: string, part: Part): unknown {
  const entries = [...entriesOf(text, part)];
  if (part.kind === 'array') return entries.map((entry) => read(text, entry));
  if (part.kind === 'object')
    return Object.fromEntries(entries.map((entry) => [entry.name, read(text, entry)]));
  return JSON.parse(text.slice(part.start, part.end));
}

function anyValue(random: Random, depth: number): unknown {
  const kind = random.below(depth === 0 ? 4 : 6);
  if (kind === 0) return random.pick([null, true, false]);
  if (kind === 1) return random.pick([0, -1.5e-7, 12, 1e21]);
  if (kind <= 3) return random.pick(['', '"', '\\', '}', ']', ', {[', 'ü\u2028\n', '\\"', 'a\\\\']);
  const many = random.below(4);
  if (kind === 4) return Array.from({ length: many }, () => anyValue(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: many }, () => [random.pick(['a', '"}', 'x\\', '']), anyValue(random, depth - 1)]),
  );
}

describe('JSON in parts', () => {
  test('is what JSON.parse reads, however it is spaced', () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const value = anyValue(random, 4);
      const text = ` ${JSON.stringify(value, null, random.pick([0, 1, '\t']))}\r\n`;
      const whole = wholeOf(text);
      expect(whole && read(text, whole), `seed ${seed}`).toEqual(value);
    }
  });

  test('keeps numbers as they are written, and names that stand twice', () => {
    const text = '{"id":12345678901234567890,"id":1.0}';
    const entries = [...entriesOf(text, wholeOf(text)!)];
    expect(entries.map(({ name, start, end }) => [name, text.slice(start, end)])).toEqual([
      ['id', '12345678901234567890'],
      ['id', '1.0'],
    ]);
  });

  test.each(['', '{', '{"a":}', '[1,]', 'a', '"\n"', '\ufeff{}'])('is not %j', (text) => {
    expect(wholeOf(text)).toBeUndefined();
  });

  test('of a million brackets has one entry, and nothing overflows', () => {
    const text = '['.repeat(500_000) + ']'.repeat(500_000);
    const whole = wholeOf(text)!;
    expect([...entriesOf(text, whole)]).toEqual([{ kind: 'array', name: undefined, start: 1, end: 999_999 }]);
  });

  test('gives the first entries of many without the others', () => {
    const text = `[${'1,'.repeat(400_000)}1]`;
    const entries = entriesOf(text, wholeOf(text)!);
    expect(entries.next().value).toMatchObject({ start: 1, end: 2 });
    expect(entries.next().value).toMatchObject({ start: 3, end: 4 });
  });

  test('tells what is empty', () => {
    expect(['[]', '{ }', '[ 0 ]'].map((text) => isEmpty(text, wholeOf(text)!))).toEqual([true, true, false]);
  });
});
