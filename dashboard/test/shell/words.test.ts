import { describe, expect, test } from 'vitest';
import {
  bytes,
  clockTime,
  count,
  memberNames,
  millis,
  milliseconds,
  percent,
  rate,
  sentence,
  span,
} from '../../shell/format.js';
import { headerOf, problemOfUser } from '../../shell/identity.js';
import { keySequences } from '../../shell/shortcuts.js';

describe('numbers', () => {
  test.each([
    [count(undefined), '–'],
    [count(null), '–'],
    [count(1_234_567), '1,234,567'],
    [rate(9_999), '9,999'],
    [rate(123_456), '123K'],
    [rate(undefined), '–'],
    [bytes(1023), '1023 B'],
    [bytes(1536), '1.5 KiB'],
    [bytes(5 * 1024 ** 4), '5.0 TiB'],
    [bytes(undefined), '–'],
    [millis(undefined), '–'],
    [millis(0.25), '0.25 ms'],
    [millis(320), '320 ms'],
    [millis(2500), '2.5 s'],
    [milliseconds(undefined), '–'],
    [milliseconds(0.25), '0.25'],
    [milliseconds(2500), '2,500'],
    [span(59_400), '59 s'],
    [span(61_000), '1 min 1 s'],
    [span(7_200_000), '2 h'],
    [span(90_000_000), '1 d 1 h'],
    [percent(0), '0 %'],
    [percent(0.001), '< 1 %'],
    [percent(0.899), '89 %'],
    [memberNames([3]), 'member 3'],
    [memberNames([1, 2, 5]), 'members 1, 2 and 5'],
    [sentence('it waits'), 'It waits.'],
    [sentence('Is it?'), 'Is it?'],
  ])('%s', (told, expected) => {
    expect(told).toBe(expected);
  });

  test('a time of another day is told with its date', () => {
    const noon = new Date(2026, 0, 15, 12).getTime();
    expect(clockTime(noon, noon + 1000)).toBe('12:00:00');
    expect(clockTime(noon, noon + 86_400_000)).toBe('2026-01-15 12:00:00');
  });
});

describe('an identity', () => {
  test('is sent as Basic, in UTF-8', () => {
    const header = headerOf({ user: 'zoë', password: 'a:b' });
    const bytes = Uint8Array.from(atob(header.replace('Basic ', '')), (letter) => letter.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe('zoë:a:b');
  });

  test('has a name without a colon', () => {
    expect(problemOfUser('bob')).toBe('');
    expect(problemOfUser('')).toMatch(/has a name/);
    expect(problemOfUser('a:b')).toMatch(/no colon/);
  });
});

describe('keys', () => {
  const typed = (...keys: readonly (readonly [string, number])[]) => {
    const next = keySequences({ e: 'ensemble', g: 'graph' });
    return keys.map(([key, atMs]) => next(key, atMs)).at(-1);
  };

  test('g and a letter go to a view, if the letter comes soon', () => {
    expect(typed(['g', 0], ['e', 900])).toEqual({ kind: 'go', view: 'ensemble' });
    expect(typed(['g', 0], ['g', 900])).toEqual({ kind: 'go', view: 'graph' });
    expect(typed(['g', 0], ['e', 1600])).toEqual({ kind: 'none' });
    expect(typed(['g', 0], ['x', 100], ['e', 200])).toEqual({ kind: 'none' });
    expect(typed(['e', 0])).toEqual({ kind: 'none' });
  });

  test('/ searches and ? tells of the keys', () => {
    expect([typed(['/', 0]), typed(['?', 0])]).toEqual([{ kind: 'search' }, { kind: 'help' }]);
  });
});
