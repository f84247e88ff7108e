import { describe, expect, test } from 'vitest';
import { hashOf, placeOf } from '../../shell/router.js';

describe('an address', () => {
  test.each([
    ['', '', '/'],
    ['#', '', '/'],
    ['#/ensemble', 'ensemble', '/'],
    ['#/tree', 'tree', '/'],
    ['#/tree/', 'tree', '/'],
    ['#/tree/brokers/ids/1', 'tree', '/brokers/ids/1'],
    ['#/tree/brokers//ids/', 'tree', '/brokers/ids'],
    ['#/sessions/0x1a', 'sessions', '/0x1a'],
    ['#/tree/a%20b/100%', 'tree', '/a b/100%'],
  ])('%s', (hash, view, path) => {
    const address = placeOf(hash);
    expect([address.view, address.place.path]).toEqual([view, path]);
  });

  test('has a query of its own', () => {
    const { place } = placeOf('#/watch/a?recursive&find=x%3Fy?z');
    expect(place.path).toBe('/a');
    expect(place.query.get('recursive')).toBe('');
    expect(place.query.get('find')).toBe('x?y?z');
  });
});

describe('the link to a place', () => {
  test.each(['/', '/a', '/a b/c?d#e&f', '/100%/%41', '/ünïcode/路', '/‮abc', '/<script>', '/a+b=c'])(
    'leads to %s',
    (path) => {
      expect(placeOf(hashOf('tree', path, { find: 'x&y=z #?', recursive: '' }))).toMatchObject({
        view: 'tree',
        place: { path },
      });
      expect(placeOf(hashOf('tree', path, { find: 'x&y=z #?' })).place.query.get('find')).toBe('x&y=z #?');
    },
  );

  test('of a name that is no Unicode can be made all the same', () => {
    expect(hashOf('tree', '/a\ud800')).toBe('#/tree/a%EF%BF%BD');
  });
});
