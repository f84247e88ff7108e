import { describe, expect, test } from 'vitest';
import { visible, visibleLines, visibleName } from '../../shell/visible-text.js';
import {
  commonAncestor,
  isWithin,
  join,
  lineage,
  nameOf,
  parentOf,
  problemOfName,
  typedPath,
  urlPath,
} from '../../znode/node-path.js';

describe('paths', () => {
  test('have a parent, a name and all that is above them', () => {
    expect(['/', '/a', '/a/b'].map(parentOf)).toEqual(['/', '/', '/a']);
    expect(['/', '/a', '/a/b'].map(nameOf)).toEqual(['/', 'a', 'b']);
    expect(['/', '/a', '/a/b'].map(lineage)).toEqual([['/'], ['/', '/a'], ['/', '/a', '/a/b']]);
    expect([join('/', 'a'), join('/a', 'b')]).toEqual(['/a', '/a/b']);
  });

  test('are within a node by whole names', () => {
    expect([
      isWithin('/ab', '/a'),
      isWithin('/a/b', '/a'),
      isWithin('/a', '/a'),
      isWithin('/a', '/'),
    ]).toEqual([false, true, true, true]);
    expect(commonAncestor(['/a/b/c', '/a/b', '/a/bc'])).toBe('/a');
    expect(commonAncestor(['/a', '/b'])).toBe('/');
    expect(commonAncestor(['/a/b'])).toBe('/a/b');
  });

  test('stand in a URL without meaning anything there', () => {
    expect(urlPath('/')).toBe('/');
    expect(urlPath('/a b/ü?#%/..;')).toBe('/a%20b/%C3%BC%3F%23%25/..%3B');
  });

  test.each([
    ['/a/b', '/a/b'],
    ['a/b/', '/a/b'],
    ['  /a ', '/a'],
    ['', '/'],
    ['/', '/'],
  ])('typed as %j mean %s', (text, path) => {
    expect(typedPath(text)).toEqual({ path });
  });

  test.each(['/a//b', '/a/../b', '/./a', '/a\u0007', '//a'])('typed as %j are not taken', (text) => {
    expect(typedPath(text)).toHaveProperty('problem');
  });

  test('have no names that ZooKeeper refuses', () => {
    expect(['a', 'a.b', '...', 'ü', '世'].map(problemOfName)).toEqual(Array(5).fill(undefined));
    expect(
      ['', '.', '..', 'a/b', '\u0001', '\u0085', '\ue000', '😀'].filter((name) => !problemOfName(name)),
    ).toEqual([]);
  });
});

describe('text of anybody', () => {
  test('shows what would not be seen, and what would turn the text around it', () => {
    expect(visible('a\u0000\n\u007f')).toBe('a␀␊␡');
    expect(visible('\u202egpj.exe\u200b\ufeff')).toBe('⟨202E⟩gpj.exe⟨200B⟩⟨FEFF⟩');
    expect(visible('<b>ü €</b>')).toBe('<b>ü €</b>');
  });

  test('of a name shows blanks that nobody would see, and tells them from one another', () => {
    expect(visibleName(' ')).toBe('␠');
    expect(visibleName('  two words ')).toBe('␠␠two words␠');
    expect(visibleName('no\u00a0break\u3000wide')).toBe('no⟨00A0⟩break⟨3000⟩wide');
    expect(visibleName('\u202egpj')).toBe('⟨202E⟩gpj');
  });

  test('of many lines keeps them', () => {
    expect(visibleLines('a\n\tb\r\u2028')).toBe('a\n\tb␍⟨2028⟩');
  });
});
