import {
  aclText,
  below,
  comparePaths,
  hidesHashes,
  isSameAcl,
  isWithin,
  join,
  nameOf,
  nextSequence,
  parentOf,
  parseAcl,
  relativeTo,
} from '@rookery/client/subtree';
import { describe, expect, test } from 'vitest';
import { globPattern } from '../src/glob.ts';
import { parseLocation } from '../src/location.ts';
import { printable } from '../src/output/node-text.ts';
import {
  counted,
  countText,
  durationText,
  parseBytes,
  parseCount,
  parseDuration,
} from '../src/quantities.ts';

describe('paths', () => {
  test('parents, names, and what leads from one to another', () => {
    expect([join('/', 'a'), join('/a', 'b')]).toEqual(['/a', '/a/b']);
    expect(['/', '/a', '/a/b'].map(parentOf)).toEqual(['/', '/', '/a']);
    expect(['/', '/a', '/a/b'].map(nameOf)).toEqual(['', 'a', 'b']);
    for (const [root, path, relative] of [
      ['/', '/', ''],
      ['/', '/a', '/a'],
      ['/a', '/a', ''],
      ['/a', '/a/b/c', '/b/c'],
    ] as const) {
      expect(relativeTo(root, path)).toBe(relative);
      expect(below(root, relative)).toBe(path);
      expect(isWithin(path, root)).toBe(true);
    }
    expect(isWithin('/ab', '/a')).toBe(false);
  });

  test('their order is that of a walk over siblings by name', () => {
    const ordered = ['/', '/a', '/a/b', '/a/b/c', '/a/b!', '/a!', '/a!/b', '/a-b', '/a.b', '/ab', '/b', '/ä'];
    expect([...ordered].reverse().sort(comparePaths)).toEqual(ordered);
    expect(comparePaths('/a', '/a')).toBe(0);
  });

  test('a location is a path, or an ensemble and a path', () => {
    expect(parseLocation('/a/')).toEqual({ servers: undefined, path: '/a' });
    expect(parseLocation('h:1,[::1]:2/a/b')).toEqual({ servers: 'h:1,[::1]:2', path: '/a/b' });
    expect(parseLocation('srv:_client._tcp.x/')).toEqual({ servers: 'srv:_client._tcp.x', path: '/' });
    for (const bad of ['', 'a', 'h:1']) expect(() => parseLocation(bad)).toThrow('is no path');
    for (const bad of ['/a//b', '/./a', 'h/..']) expect(() => parseLocation(bad)).toThrow('is no path');
  });
});

describe('quantities', () => {
  test.each([
    ['500ms', 500],
    ['90', 90_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('the time %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each([
    ['10k', 10_240],
    ['1M', 1_048_576],
    ['2GiB', 2_147_483_648],
    ['17', 17],
    ['3b', 3],
  ])('the size %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  test.each(['', '-1', 'x', '5y', '1e3'])('%j is neither', (text) => {
    expect(() => parseDuration(text)).toThrow('is no time');
    expect(() => parseBytes(text)).toThrow('is no size');
    expect(() => parseCount(text, 'version')).toThrow('is no version');
  });

  test('are told as people do', () => {
    expect([0, 999, 61_000, 3_600_000, 93_784_000].map(durationText)).toEqual([
      '0s',
      '0s',
      '1m 1s',
      '1h',
      '1d 2h',
    ]);
    expect([7, 1_234, 1_234_567].map(countText)).toEqual(['7', '1,234', '1,234,567']);
    expect([counted(1, 'node'), counted(2_000, 'node')]).toEqual(['1 node', '2,000 nodes']);
  });
});

describe('patterns of names', () => {
  test.each([
    ['*', 'any.thing', true],
    ['worker-?', 'worker-1', true],
    ['worker-?', 'worker-12', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['a.c', 'abc', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['(a|b)', '(a|b)', true],
    ['[]]', ']', true],
  ])('%s and %s: %s', (glob, name, matches) => expect(globPattern(glob).test(name)).toBe(matches));

  test.each(['[a', '[z-a]'])('%s is none', (glob) => {
    expect(() => globPattern(glob)).toThrow('is no pattern');
  });
});

describe('access lists', () => {
  test.each(['world:anyone:cdrwa', 'digest:user:aGFzaA==:r', 'auth::cdrwa', 'ip:fe80::1/10:rw', 'sasl:a@b:'])(
    '%s is read and written',
    (text) => expect([...aclText(parseAcl(text))].sort()).toEqual([...text].sort()),
  );

  test('the order of entries and letters is of no account', () => {
    const [a, b] = [parseAcl('world:anyone:rw'), parseAcl('ip:::1:r')];
    expect(isSameAcl([a, b], [b, parseAcl('world:anyone:wr')])).toBe(true);
    expect(isSameAcl([a, b], [a])).toBe(false);
    expect(isSameAcl([a], [a, b])).toBe(false);
  });

  test('hidden hashes are noticed', () => {
    expect(hidesHashes([parseAcl('digest:ann:x:r')])).toBe(true);
    expect(hidesHashes([parseAcl('digest:ann:abcx:r'), parseAcl('sasl:x:r')])).toBe(false);
  });
});

test('control characters do nothing to a terminal', () => {
  expect(printable('a\tb\u001b[31m\u009b\r')).toBe('a\tb\\x1b[31m\\x9b\\x0d');
});

test('the next number is that of the creations, of which servers show twice less the children', () => {
  expect(nextSequence({ cversion: 5, numChildren: 1 })).toBe(3);
});
