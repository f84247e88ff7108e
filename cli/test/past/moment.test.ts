import { expect, test } from 'vitest';
import { parametersOf, parseMoment, parseMoments } from '../../src/past/moment.ts';

const NOW = Date.UTC(2026, 0, 2);

test.each([
  ['now', { timeMs: NOW }],
  ['1h-ago', { timeMs: NOW - 3_600_000 }],
  ['90s-ago', { timeMs: NOW - 90_000 }],
  ['0x2f301', { zxid: 0x2f301 }],
  ['193281', { zxid: 193_281 }],
  ['2026-01-01T12:00:00Z', { timeMs: Date.UTC(2026, 0, 1, 12) }],
])('%s is a moment', (text, moment) => {
  expect(parseMoment(text, NOW)).toEqual(moment);
});

test.each(['', 'yesterday', '0x', '1h', '-5', '99999999999999999', '2026-99-99'])('"%s" is none', (text) => {
  expect(() => parseMoment(text, NOW)).toThrow('is no moment');
});

test('two moments are written with an @ each; without the second one it is now', () => {
  expect(parseMoments('@0x5..@1m-ago', NOW)).toEqual([{ zxid: 5 }, { timeMs: NOW - 60_000 }]);
  expect(parseMoments('@0x5', NOW)).toEqual([{ zxid: 5 }, { timeMs: NOW }]);
  expect(() => parseMoments('@', NOW)).toThrow('no two moments');
});

test('moments are parameters of the members, by what they are', () => {
  expect(parametersOf({ zxid: 5 })).toEqual({ zxid: '5' });
  expect(parametersOf({ timeMs: 7 }, 'after')).toEqual({ afterTimeMs: '7' });
  expect(parametersOf({ zxid: 5 }, 'to')).toEqual({ toZxid: '5' });
});
