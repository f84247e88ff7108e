import { expect, test } from 'vitest';
import { quoted, readDirectives } from '../../src/sasl/directives.ts';

const once = new Set(['a']);
const read = (message: string) => {
  const directives = readDirectives(message, once);
  return directives === undefined ? undefined : Object.fromEntries(directives);
};

test.each([
  ['a=1', { a: '1' }],
  ['A=1', { a: '1' }],
  ['a=1,b="2"', { a: '1', b: '2' }],
  [' a = 1 \t, ,\r\n b="2, = \\" \\\\" ', { a: '1', b: '2, = " \\' }],
  ['a=1 b=2', { a: '1', b: '2' }],
  ['a=', undefined],
  ['a=,b=1', { a: '', b: '1' }],
  ['a=""', { a: '' }],
  ['', {}],
  [',,', {}],
  ['x=1,x=2', { x: '2' }],
  ['a=1,a=2', undefined],
  ['a', undefined],
  ['=1', undefined],
  ['a b=1', undefined],
  ['a,b=1', undefined],
  ['a="1', undefined],
  ['a="1\\', undefined],
  ['a="1"2', undefined],
])('%j is %j', (message, directives) => {
  expect(read(message)).toEqual(directives);
});

test('what stands between quotes comes back', () => {
  const value = 'a "quote", a \\ and = signs';
  expect(read(`b=${quoted(value)}`)).toEqual({ b: value });
});
