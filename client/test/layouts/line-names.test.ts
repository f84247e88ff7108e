import { describe, expect, test } from 'vitest';
import { holderCount, parseLockName } from '../../src/locks/lock-names.ts';

describe('names of locks', () => {
  test.each([
    ['0123456789abcdef0123456789abcdef__lock__0000000007', 'kazoo', 'exclusive', 7],
    ['0123456789abcdef0123456789abcdef__rlock__0000000008', 'kazoo', 'read', 8],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-lock-0000000009', 'Curator', 'exclusive', 9],
    ['lock-0000000010', 'Curator', 'exclusive', 10],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-latch-0000000011', 'Curator', 'latch', 11],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-lease-0000000012', 'Curator', 'lease', 12],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-__READ__0000000013', 'Curator', 'read', 13],
    ['_c_6a1b2c3d-0000-4000-8000-000000000000-__WRIT__0000000014', 'Curator', 'write', 14],
  ])('%s', (name, recipe, kind, sequence) => expect(parseLockName(name)).toEqual({ recipe, kind, sequence }));

  test.each(['worker-0000000001', 'lock', 'block-0000000001', 'lock-1', '__lock__', 'lock-0000000001x'])(
    '%s is none',
    (name) => expect(parseLockName(name)).toBeUndefined(),
  );
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
