import { ErrorCode, encodeUtf8, OpCode } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { asZxid } from '../../src/model/ids.ts';
import { SessionTable } from '../../src/session/table.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import type { Tree } from '../../src/tree/tree.ts';
import { TreeLoader } from '../../src/tree/tree-loader.ts';
import { TreeDriver } from './tree-driver.ts';
import { check, create, multi, remove, setData } from './writes.ts';

const TTL_MS = 1_000;
const container = (path: string) => create(path, { op: OpCode.createContainer, flags: 4 });
const mortal = (path: string) => create(path, { op: OpCode.createTtl, flags: 5, ttlMs: TTL_MS });

/** Tries to remove the node at `timeMs`. */
function removeAt(t: TreeDriver, path: string, timeMs = t.timeMs): number {
  const bytes = encodeUtf8(path);
  return t.tree.removeTransient(bytes, 0, bytes.length, asZxid(++t.zxid), timeMs).err;
}

const known = (tree: Tree): string[] =>
  Array.from({ [Symbol.iterator]: () => tree.transients() }, (slot) => tree.path(slot)).sort();

describe('a container', () => {
  test('goes when its last child has gone, and not before it had one', () => {
    const t = new TreeDriver();
    t.apply(container('/c'));
    expect(removeAt(t, '/c')).toBe(ErrorCode.badVersion);
    t.apply(create('/c/x'));
    expect(removeAt(t, '/c')).toBe(ErrorCode.badVersion);
    t.apply(remove('/c/x'));
    expect(removeAt(t, '/c')).toBe(ErrorCode.ok);
    expect(t.exists('/c')).toBe(false);
    expect(removeAt(t, '/c')).toBe(ErrorCode.noNode);
    expect(t.tree.digest()).toBe(t.tree.recomputeDigest());
  });

  test('that got a child again stays', () => {
    const t = new TreeDriver();
    for (const write of [container('/c'), create('/c/x'), remove('/c/x'), create('/c/y')]) t.apply(write);
    expect(removeAt(t, '/c')).toBe(ErrorCode.badVersion);
    expect(t.exists('/c/y')).toBe(true);
  });
});

describe('a TTL node', () => {
  test('goes when it was not changed for longer than its time to live', () => {
    const t = new TreeDriver();
    t.apply(mortal('/t'));
    const madeMs = t.timeMs;
    expect(removeAt(t, '/t', madeMs + TTL_MS)).toBe(ErrorCode.badVersion);
    expect(removeAt(t, '/t', madeMs + TTL_MS + 1)).toBe(ErrorCode.ok);
    expect(t.exists('/t')).toBe(false);
  });

  test('lives on from each change of its data', () => {
    const t = new TreeDriver();
    t.apply(mortal('/t'));
    const madeMs = t.timeMs;
    t.timeMs += 700;
    t.apply(setData('/t', 'new'));
    expect(removeAt(t, '/t', madeMs + TTL_MS + 1)).toBe(ErrorCode.badVersion);
    expect(removeAt(t, '/t', t.timeMs + TTL_MS + 1)).toBe(ErrorCode.ok);
  });

  test('with children stays', () => {
    const t = new TreeDriver();
    t.apply(mortal('/t'));
    t.apply(create('/t/x'));
    expect(removeAt(t, '/t', t.timeMs + 10 * TTL_MS)).toBe(ErrorCode.badVersion);
  });
});

test('no other node is removed that way, and nobody hears of what stays', () => {
  const t = new TreeDriver();
  t.apply(create('/p'));
  t.apply(create('/e', { flags: 1 }), 7);
  const digest = t.tree.digest();
  for (const path of ['/p', '/e', '/', '/zookeeper', '', '/nope']) {
    expect(removeAt(t, path, Number.MAX_SAFE_INTEGER)).not.toBe(ErrorCode.ok);
  }
  expect(t.tree.digest()).toBe(digest);
});

describe('the nodes whose time may be over', () => {
  test('are known, through multis that fail and through snapshots', () => {
    const t = new TreeDriver();
    for (const write of [container('/c'), mortal('/t'), container('/gone'), create('/p')]) t.apply(write);
    t.apply(remove('/gone'));
    expect(known(t.tree)).toEqual(['/c', '/t']);
    t.apply(multi(container('/m'), remove('/c'), remove('/t'), check('/nope')));
    expect(known(t.tree)).toEqual(['/c', '/t']);
    t.apply(multi(container('/m'), remove('/c')));
    expect(known(t.tree)).toEqual(['/m', '/t']);

    const walk = beginSnapshot(t.tree, new SessionTable(), new Uint8Array(0));
    const loader = new TreeLoader({ hashSeed: 5 });
    for (let piece = walk.next(1000); piece !== undefined; piece = walk.next(1000)) loader.feed(piece);
    let step = loader.finish(2);
    while (step.state === 'linking') step = loader.finish(2);
    if (step.state !== 'loaded') throw new Error(JSON.stringify(step));
    expect(known(step.tree)).toEqual(['/m', '/t']);
  });
});
