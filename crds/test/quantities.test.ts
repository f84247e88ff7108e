import { describe, expect, test } from 'vitest';
import { durationMs, quantityBytes } from '../src/index.ts';
import { everySchema, specSchema } from './committed-crd.ts';

const defaultsLike = (pattern: RegExp) =>
  everySchema(specSchema).flatMap(({ schema }) =>
    typeof schema.default === 'string' && pattern.test(schema.default) ? [schema.default] : [],
  );

describe('durationMs', () => {
  test.each([
    ['1ms', 1],
    ['500ms', 500],
    ['2s', 2000],
    ['10m', 600_000],
    ['24h', 86_400_000],
  ])('%s is %i', (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });

  test.each(['', '2', '2 s', '0s', '-1s', '1.5s', '1h30m', '1d', '1234567890s'])(
    '"%s" is refused',
    (text) => {
      expect(() => durationMs(text)).toThrow(RangeError);
    },
  );

  test('reads every default of the schema', () => {
    const defaults = defaultsLike(/^\d+(ms|s|h)$/);
    expect(defaults).toContain('2s');
    for (const text of defaults) expect(durationMs(text)).toBeGreaterThan(0);
  });
});

describe('quantityBytes', () => {
  test.each([
    ['1', 1],
    [536_870_912, 536_870_912],
    ['128Mi', 134_217_728],
    ['1.5Gi', 1_610_612_736],
    ['10G', 10_000_000_000],
    ['2k', 2000],
    ['1Ki', 1024],
    ['0.0001Ki', 1],
    ['1Pi', 2 ** 50],
  ])('%s is %i', (quantity, expected) => {
    expect(quantityBytes(quantity)).toBe(expected);
  });

  test.each(['', '10GB', '-1Gi', '512m', '1 Gi', 'Gi', '1e3', '0x10', -1, 0.0000000001])(
    '"%s" is refused',
    (quantity) => {
      expect(() => quantityBytes(quantity)).toThrow(RangeError);
    },
  );

  test('reads every default of the schema', () => {
    const defaults = defaultsLike(/^\d+[MG]i$/);
    expect(defaults).toEqual(expect.arrayContaining(['10Gi', '512Mi']));
    for (const text of defaults) expect(quantityBytes(text)).toBeGreaterThan(0);
  });
});
