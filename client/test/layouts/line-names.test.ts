import { describe, expect, test } from 'vitest';
import { compareLineNames, holderCount, parseLineName } from '../../src/layouts/line-names.ts';
import { namePrefix } from '../../src/recipes/layout.ts';

const ID = '0123456789abcdef0123456789abcdef';

describe('names in a line', () => {
  test.each([
    [`${ID}__lock__0000000007`, 'kazoo', 'exclusive', 7],
    [`${ID}__rlock__0000000008`, 'kazoo', 'read', 8],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-lock-0000000009', 'Curator', 'exclusive', 9],
    ['lock-0000000010', 'Curator', 'exclusive', 10],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-latch-0000000011', 'Curator', 'latch', 11],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-lease-0000000012', 'Curator', 'lease', 12],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-__READ__0000000013', 'Curator', 'read', 13],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-__WRIT__0000000014', 'Curator', 'write', 14],
    ['lock--2147483647', 'Curator', 'exclusive', -2_147_483_647],
    ['queue-0000000015', 'Curator', 'entry', 15],
    ['queue-|18c2d3e4f50|0000000016', 'Curator', 'entry', 16],
    ['qn-0000000017', 'ZooKeeper', 'entry', 17],
    ['x-72057594037927936-0000000018', 'ZooKeeper', 'exclusive', 18],
    ['n_0000000019', 'ZooKeeper', 'latch', 19],
    ['72057594037927936-10.0.0.1:8983_solr-n_0000000020', 'Solr', 'latch', 20],
  ] as const)('%s', (name, layout, kind, sequence) =>
    expect(parseLineName(name)).toEqual({ layout, kind, sequence, priority: 0 }),
  );

  test.each([
    'worker-0000000001',
    'lock',
    'block-0000000001',
    'lock-1',
    '__lock__',
    'lock-0000000001x',
    'entry-1-1',
  ])('%s is none', (name) => expect(parseLineName(name)).toBeUndefined());

  test.each(['curator', 'kazoo'] as const)(
    'of our own recipes, by the layout of %s, are all known',
    (layout) => {
      for (const purpose of ['lock', 'read', 'write', 'latch', 'lease'] as const) {
        const name = `${namePrefix(layout, purpose, ID)}0000000042`;
        expect(parseLineName(name), name).toMatchObject({
          layout: layout === 'kazoo' ? 'kazoo' : 'Curator',
          sequence: 42,
        });
      }
    },
  );

  test('of entries are in the order of priority, then of sequence, across the end of 32 bits', () => {
    const names = [
      'entry-005-0000000009',
      'entry-100-2147483646',
      'entry-100-2147483647',
      'entry-100--2147483648',
      'entry-200-0000000001',
    ];
    const sorted = [...names]
      .reverse()
      .sort((a, b) => compareLineNames(parseLineName(a)!, parseLineName(b)!));
    expect(sorted).toEqual(names);
    // Curator's, of which negative priorities come first.
    const priorities = [
      'queue-0FFFFFFFF0000000009',
      'queue-1000000050000000002',
      'queue-1000000050000000003',
    ];
    expect(
      [...priorities].reverse().sort((a, b) => compareLineNames(parseLineName(a)!, parseLineName(b)!)),
    ).toEqual(priorities);
  });
});

describe('who holds', () => {
  const holders = (...kinds: ('exclusive' | 'read' | 'write' | 'latch' | 'lease')[]): number =>
    holderCount(kinds.map((kind) => ({ kind })));

  test('the first, every lease, or all readers before the first who writes', () => {
    expect(holders()).toBe(0);
    expect(holders('exclusive', 'exclusive')).toBe(1);
    expect(holders('latch', 'latch')).toBe(1);
    expect(holders('lease', 'lease', 'lease')).toBe(3);
    expect(holders('read', 'read', 'write', 'read')).toBe(2);
    expect(holders('read', 'read')).toBe(2);
    expect(holders('write', 'read')).toBe(1);
    expect(holders('read', 'exclusive')).toBe(1);
  });
});
