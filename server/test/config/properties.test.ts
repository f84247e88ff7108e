import { describe, expect, test } from 'vitest';
import { parseProperties } from '../../src/config/properties.ts';

function pairs(text: string): string[] {
  return parseProperties(text).map(({ key, value, line }) => `${line} ${key}=${value}`);
}

describe('a Java properties file', () => {
  test.each([
    ['an equals sign', 'a=b', '1 a=b'],
    ['a colon', 'a:b', '1 a=b'],
    ['blanks', 'a   b', '1 a=b'],
    ['blanks around the equals sign', '  a = b  ', '1 a=b'],
    ['no value', 'a', '1 a='],
    ['an empty value', 'a=', '1 a='],
    ['a value that holds separators', 'server.1=h:2888:3888;2181', '1 server.1=h:2888:3888;2181'],
    ['an escaped separator in the key', 'a\\=b=c', '1 a=b=c'],
    ['escapes', 'a=\\u0041\\tb\\\\', '1 a=A\tb\\'],
    ['a Windows line end', 'a=b\r\n', '1 a=b'],
    ['a byte order mark', '\uFEFFa=b', '1 a=b'],
  ])('reads %s', (_, text, expected) => {
    expect(pairs(text)).toEqual([expected]);
  });

  test('skips comments and empty lines, and counts them', () => {
    expect(pairs('# one\n! two\n\n   # three\na=b # no comment here')).toEqual(['5 a=b # no comment here']);
  });

  test('joins continued lines and names the first one', () => {
    expect(pairs('a=1,\\\n   2,\\\n   3\nb=4')).toEqual(['1 a=1,2,3', '4 b=4']);
  });

  test('does not continue after an escaped backslash', () => {
    expect(pairs('a=c\\\\\nb=4')).toEqual(['1 a=c\\', '2 b=4']);
  });

  test('keeps every occurrence of a key', () => {
    expect(pairs('a=1\na=2')).toEqual(['1 a=1', '2 a=2']);
  });

  test('ends where the file ends in a continuation', () => {
    expect(pairs('a=1\\')).toEqual(['1 a=1']);
  });
});
