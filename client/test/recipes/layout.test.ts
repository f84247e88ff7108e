import { describe, expect, test } from 'vitest';
import { namePrefix, placeOf } from '../../src/recipes/layout.ts';
import { isBefore, sequenceOf } from '../../src/recipes/sequence.ts';

const ID = '0123456789abcdef0123456789abcdef';

describe('names of recipes', () => {
  test.each([
    ['curator', 'lock', '_c_01234567-89ab-cdef-0123-456789abcdef-lock-'],
    ['curator', 'read', '_c_01234567-89ab-cdef-0123-456789abcdef-__READ__'],
    ['kazoo', 'lock', '0123456789abcdef0123456789abcdef__lock__'],
    ['kazoo', 'read', '0123456789abcdef0123456789abcdef__rlock__'],
  ] as const)('of %s for %s begin as its programs write them', (layout, purpose, prefix) => {
    expect(namePrefix(layout, purpose, ID)).toBe(prefix);
    for (const [text, place] of [
      ['0000000007', 7],
      ['2147483647', 2 ** 31 - 1],
      ['1000000000', 1e9],
      ['-000000005', -5],
      ['-2147483648', -(2 ** 31)],
    ] as const)
      expect(placeOf(prefix + text, [purpose])).toBe(place);
    expect(placeOf(`${prefix}x`, [purpose])).toBeUndefined();
    expect(
      placeOf(`${prefix}0000000007`, ['latch', 'lease'].filter((other) => other !== purpose) as never),
    ).toBe(layout === 'kazoo' && purpose === 'lock' ? 7 : undefined);
  });

  test('whose numbers wrap are still in their order', () => {
    expect(sequenceOf('0000000001')).toBe(1);
    expect(isBefore(1, 2)).toBe(true);
    expect(isBefore(2, 1)).toBe(false);
    expect(isBefore(2 ** 31 - 1, -(2 ** 31))).toBe(true);
    expect(isBefore(-(2 ** 31), 2 ** 31 - 1)).toBe(false);
    expect(isBefore(5, 5)).toBe(false);
  });
});
