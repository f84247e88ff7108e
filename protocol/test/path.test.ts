import { describe, expect, test } from 'vitest';
import { encodeUtf8, isValidPath, lastSlash, parentEnd } from '../src/index.ts';

function isValidPathText(path: string, sequential = false): boolean {
  const bytes = encodeUtf8(path);
  return isValidPath(bytes, 0, bytes.length, sequential);
}

/** PathUtils.validatePath of ZooKeeper 3.9, on UTF-16 code units, as its documentation has it. */
function javaValid(path: string): boolean {
  if (path.length === 0 || path[0] !== '/') return false;
  if (path.length === 1) return true;
  if (path.endsWith('/')) return false;
  for (let i = 1; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c <= 0x1f || (c >= 0x7f && c <= 0x9f) || (c >= 0xd800 && c <= 0xf8ff) || c >= 0xfff0) return false;
  }
  return path
    .slice(1)
    .split('/')
    .every((name) => name !== '' && name !== '.' && name !== '..');
}

describe('a path', () => {
  test.each([
    '/',
    '/a',
    '/a/b',
    '/a.b',
    '/...',
    '/.a',
    '/a..',
    '/ ',
    '/é',
    '/日本',
    '/\u00a0',
    '/\uffef',
    '/\ud7ff',
    '/\uf900',
  ])('%j is valid', (path) => {
    expect([isValidPathText(path), javaValid(path)]).toEqual([true, true]);
  });

  test.each([
    '',
    'a',
    'a/b',
    '//',
    '//a',
    '/a/',
    '/a//b',
    '/.',
    '/..',
    '/./a',
    '/a/../b',
    '/a/.',
    '/a\0',
    '/\u001f',
    '/\u007f',
    '/\u0080',
    '/\u009f',
    '/\ue000',
    '/\uf8ff',
    '/\ufff0',
    '/\uffff',
    '/\u{10000}',
    '/\u{10ffff}',
  ])('%j is not', (path) => {
    expect([isValidPathText(path), javaValid(path)]).toEqual([false, false]);
  });

  test('agrees with PathUtils on every character there is', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const path = `/a${String.fromCodePoint(code)}b`;
      if (isValidPathText(path) !== javaValid(path)) expect.fail(`U+${code.toString(16)}`);
    }
  });

  test.each([
    ['a lone continuation', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong slash of three', [0xe0, 0x80, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a cut character', [0xe6, 0x97]],
    ['a character cut by a slash', [0xe6, 0x2f, 0x61]],
    ['no UTF-8 at all', [0xff, 0xfe]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('with malformed UTF-8 is not valid: %s', (_, bytes) => {
    const path = Uint8Array.of(0x2f, 0x61, ...bytes);
    expect(isValidPath(path, 0, path.length)).toBe(false);
  });

  test('does not look beyond its range', () => {
    const bytes = Uint8Array.of(0x2f, 0x2f, 0xe6, 0x97, 0xa5);
    expect(isValidPath(bytes, 1, 4)).toBe(false);
    expect(isValidPath(bytes, 1, 5)).toBe(true);
    expect(isValidPath(bytes, -1, -1)).toBe(false);
    expect(isValidPath(bytes, 2, 2)).toBe(false);
  });

  test('that gets a number may end in nothing, one dot or two', () => {
    expect(['/', '/a/', '/.', '/..', '/a/..'].map((path) => isValidPathText(path, true))).toEqual(
      new Array(5).fill(true),
    );
    expect(['', 'a', '//', '/../', '/a//'].map((path) => isValidPathText(path, true))).toEqual(
      new Array(5).fill(false),
    );
  });

  test('knows its parent', () => {
    const parent = (path: string) => {
      const bytes = encodeUtf8(`xx${path}`);
      const slash = lastSlash(bytes, 2, bytes.length);
      return slash < 0 ? undefined : Buffer.from(bytes.subarray(2, parentEnd(2, slash))).toString();
    };
    expect(['/a', '/a/b', '/a/b/c', '/', 'a/b', '//a', 'a'].map(parent)).toEqual([
      '/',
      '/a',
      '/a/b',
      '/',
      'a',
      '/',
      undefined,
    ]);
  });
});
