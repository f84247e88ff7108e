import type { AclList } from '@rookery/client';
import { describe, expect, test } from 'vitest';
import type { NodeThen } from '../../src/past/node-then.ts';
import { type NodeNow, type Undoing, undoing } from '../../src/past/undoing.ts';

const OPEN: AclList = [{ scheme: 'world', id: 'anyone', perms: 31 }];
const CLOSED: AclList = [{ scheme: 'digest', id: 'ann:x', perms: 31 }];

function then(path: string, more: Partial<NodeThen> = {}): NodeThen {
  const stat = {
    czxid: 1,
    mzxid: 1,
    pzxid: 1,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: 0n,
    dataLength: 0,
    numChildren: 0,
  };
  const value = Buffer.from('then');
  return {
    path,
    value,
    hash: '',
    aclHash: '',
    acl: OPEN,
    stat,
    kind: 'persistent',
    ttlMs: undefined,
    creations: 0,
    ...more,
  };
}

function now(path: string, more: Partial<NodeNow> = {}): NodeNow {
  return { path, version: 4, czxid: 1, isEphemeral: false, data: Buffer.from('now'), acl: OPEN, ...more };
}

function undo(thens: readonly NodeThen[], nows: readonly NodeNow[], hidden: readonly string[] = []): Undoing {
  return undoing(
    new Map(thens.map((node) => [node.path, node])),
    new Map(nows.map((node) => [node.path, node])),
    new Set(hidden),
  );
}

describe('what is undone', () => {
  test('is removed from below, set with the version of now, and made again from above', () => {
    const { steps, obstacles } = undo(
      [
        then('/a'),
        then('/a/gone'),
        then('/a/gone/below', { kind: 'container' }),
        then('/a/ttl', { kind: 'ttl', ttlMs: 5 }),
      ],
      [now('/a'), now('/a/came'), now('/a/came/below')],
    );
    expect(obstacles).toEqual([]);
    const data = Buffer.from('then');
    expect(steps).toEqual([
      { do: 'delete', path: '/a/came/below', version: 4 },
      { do: 'delete', path: '/a/came', version: 4 },
      { do: 'set', path: '/a', data, version: 4 },
      { do: 'create', path: '/a/gone', data, acl: OPEN },
      { do: 'create', path: '/a/gone/below', data, acl: OPEN, kind: 'container' },
      { do: 'create', path: '/a/ttl', data, acl: OPEN, ttlMs: 5 },
    ]);
  });

  test('leaves alone what is what it was, an ephemeral node that is still there among them', () => {
    const same = now('/a', { data: Buffer.from('then') });
    const held = then('/a/held', { kind: 'ephemeral' });
    expect(undo([then('/a'), held], [same, now('/a/held', { isEphemeral: true })])).toEqual({
      steps: [],
      obstacles: [],
    });
  });
});

describe('what cannot be set back is said, and not done in part', () => {
  test.each([
    ['an ephemeral node that is gone', [then('/a', { kind: 'ephemeral' })], [], 'whose session alone'],
    ['an ephemeral node that came', [], [now('/a', { isEphemeral: true })], 'goes with its session'],
    ['one that somebody holds now', [then('/a')], [now('/a', { isEphemeral: true })], 'of somebody else'],
    ['a counter of a node that is gone', [then('/a', { creations: 3 })], [], 'begin again from 0'],
    ['another access list', [then('/a', { acl: CLOSED })], [now('/a')], 'access list is another'],
    ['an access list that is not told', [then('/a', { acl: undefined })], [], 'may not know its access list'],
  ] as const)('%s', (_what, thens, nows, why) => {
    const { obstacles } = undo(thens, nows);
    expect(obstacles).toEqual([{ path: '/a', why: expect.stringContaining(why) }]);
  });

  test('what may not be read', () => {
    expect(undo([], [], ['/a/secret']).obstacles).toMatchObject([{ path: '/a/secret' }]);
  });
});
