import { describe, expect, test } from 'vitest';
import type { AclJson, StatJson } from '../../../server/src/http/v1/node-shapes.ts';
import {
  hidesHashes,
  locksOut,
  mayWords,
  OPEN_ENTRY,
  problemOfAcl,
  whoWords,
} from '../../znode/acl-words.js';
import { aclEtagOf, ago, etagOf, lasting, nextSequence, statWords } from '../../znode/stat-words.js';

const MINUTE = 60_000;

function stat(given: Partial<StatJson> = {}): StatJson {
  return {
    czxid: 16,
    mzxid: 16,
    pzxid: 16,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: '0x0',
    dataLength: 0,
    numChildren: 0,
    ...given,
  };
}

const words = (given: Partial<StatJson>, nowMs = 0): Record<string, string> =>
  Object.fromEntries(statWords(stat(given), nowMs));

describe('a stat in words', () => {
  test('says when the value was changed, by which write and how often', () => {
    const told = words({ mzxid: 0x1f, mtime: 2 * MINUTE, version: 7 }, 5 * MINUTE);
    expect(told.Value).toBe('changed 3 minutes ago by write 0x1f, version 7');
    expect(told.Created).toBe('5 minutes ago by write 0x10');
  });

  test('says that nothing was changed where that is so', () => {
    expect(words({}).Value).toBe('as it was when it was created');
    expect(words({}).Children).toBe('never had one');
    expect(words({ czxid: 0, mzxid: 0, pzxid: 0 }).Created).toBe('with the tree itself');
    expect(Object.keys(words({}))).toEqual(['Value', 'Created', 'Children']);
  });

  test('tells of children, of the next number, and of an access list that was changed', () => {
    const told = words({ numChildren: 1200, cversion: 1300, pzxid: 0x20, aversion: 1 });
    expect(told).toMatchObject({
      Children: '1,200, the last one came or went with write 0x20',
      'Next number': '0000001250, for a sequential child',
      'Access list': 'changed 1 time',
    });
    expect(words({ cversion: 2, pzxid: 0x20 }).Children).toBe(
      'none, the last one came or went with write 0x20',
    );
  });

  test('promises no child to an ephemeral node', () => {
    expect(words({ ephemeralOwner: '0x1a', cversion: 4 })).toMatchObject({
      Children: 'none: an ephemeral node has no children',
    });
  });

  test('counts creations for the next number: twice that less those that are there is what servers show', () => {
    expect(nextSequence(stat({ cversion: 2 * 9 - 4, numChildren: 4 }))).toBe(9);
  });

  test('names the state that a write is compared with, of the value and of the list', () => {
    expect([etagOf(stat({ version: 3 })), aclEtagOf(stat({ version: 3, aversion: 1 }))]).toEqual([
      '"16-3"',
      '"16-1"',
    ]);
  });

  test.each([
    [0, 'just now'],
    [-30_000, 'just now'],
    [-2 * MINUTE, 'at a time that is yet to come'],
    [4999, 'just now'],
    [5000, '5 seconds ago'],
    [MINUTE, '1 minute ago'],
    [59.9 * MINUTE, '59 minutes ago'],
    [48 * 60 * MINUTE, '2 days ago'],
    [800 * 24 * 60 * MINUTE, '2 years ago'],
  ])('%i ms are %s', (ms, text) => {
    expect(ago(1e12, 1e12 + ms)).toBe(text);
  });
});

test('what lasts is said in the same words', () => {
  expect([lasting(0, MINUTE), lasting(0, 10), lasting(0, -9 * MINUTE)]).toEqual([
    'for 1 minute',
    'just now',
    'at a time that is yet to come',
  ]);
});

describe('an access list in words', () => {
  const entry = (scheme: string, id: string, permissions: AclJson['permissions']): AclJson => ({
    scheme,
    id,
    permissions,
  });

  test.each<[AclJson, string]>([
    [OPEN_ENTRY, 'Anyone may do everything'],
    [entry('world', 'anyone', ['read']), 'Anyone may read it'],
    [
      entry('digest', 'bob:aGFzaA==', ['write', 'read']),
      'User bob with the password may read it and write it',
    ],
    [
      entry('ip', '10.0.0.0/8', ['read', 'create', 'delete']),
      'Callers from 10.0.0.0/8 may read it, create children and delete children',
    ],
    [entry('x509', 'CN=a', ['admin']), 'The certificate CN=a may change this list'],
    [entry('sasl', 'app', []), 'User app by SASL may do nothing'],
    [entry('own', 'x', ['read']), 'own x may read it'],
  ])('%j', (given, text) => {
    expect(`${whoWords(given)} ${mayWords(given)}`).toBe(text);
  });

  test('that could not be meant is not sent', () => {
    expect(problemOfAcl([OPEN_ENTRY])).toBeUndefined();
    expect(problemOfAcl([])).toContain('needs an entry');
    expect(problemOfAcl([entry('world', 'anyone', [])])).toContain('may do nothing');
    expect(problemOfAcl([entry('digest', 'bob', ['read'])])).toContain('USER:HASH');
    expect(problemOfAcl([entry('digest', 'bob:x', ['read'])])).toContain('hidden');
    expect(hidesHashes([entry('digest', 'bob:xx', ['read'])])).toBe(false);
  });

  test('that nobody could change again is told', () => {
    expect(locksOut([OPEN_ENTRY])).toBe(false);
    expect(locksOut([entry('world', 'anyone', ['read', 'write'])])).toBe(true);
  });
});
