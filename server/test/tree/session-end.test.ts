import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import { SessionTable } from '../../src/session/table.ts';
import { beginSnapshot } from '../../src/tree/snapshot-walk.ts';
import { Tree } from '../../src/tree/tree.ts';
import { TreeLoader } from '../../src/tree/tree-loader.ts';
import { create, remove } from './writes.ts';

const MINE = asSessionId(7);
const OTHERS = asSessionId(8);
const END = asZxid(100_000);

/** Nodes of two sessions below a few parents, made and removed in the order of `seed`. */
function grow(seed: number, nodes: number, pieceNodes?: number): Tree {
  const random = new Random(seed);
  const tree = new Tree(pieceNodes === undefined ? {} : { pieceNodes });
  let zxid = 0;
  for (const parent of ['/a', '/b', '/b/c']) tree.apply(create(parent), asZxid(++zxid), 1, MINE);
  for (let i = 0; i < nodes; i++) {
    const path = `${random.pick(['/a', '/b', '/b/c', ''])}/${random.below(2 ** 30)}-${i}`;
    const session = random.chance(0.8) ? MINE : OTHERS;
    tree.apply(create(path, { flags: 1, data: path }), asZxid(++zxid), zxid, session);
    if (random.chance(0.2)) tree.apply(remove(path), asZxid(++zxid), zxid, session);
  }
  return tree;
}

/** Ends the session, piece by piece; what each piece changed. */
function end(tree: Tree): string[][] {
  const pieces: string[][] = [];
  for (let outcome = tree.closeSession(MINE, END); ; outcome = tree.goOn()) {
    const changes = Array.from({ length: outcome.changeCount }, (_, at) => {
      return `${outcome.changeKind(at)} ${outcome.changePath(at)}`;
    });
    pieces.push(changes);
    if (!tree.isAmid) return pieces;
  }
}

describe('the end of a session in pieces', () => {
  test.each([1, 2, 3, 7, 50, 300])(
    'of %i nodes does what it does in one go, in the same order',
    (pieceNodes) => {
      for (let seed = 1; seed <= 20; seed++) {
        const [whole, cut] = [grow(seed, 200), grow(seed, 200, pieceNodes)];
        const [changes, ...more] = end(whole);
        expect(more).toEqual([]);
        expect(end(cut).flat(), `seed ${seed}`).toEqual(changes);
        expect(cut.digest(), `seed ${seed}`).toBe(whole.digest());
        expect(cut.recomputeDigest(), `seed ${seed}`).toBe(whole.digest());
        expect([cut.nodeCount, cut.ephemeralCount]).toEqual([whole.nodeCount, whole.ephemeralCount]);
      }
    },
  );

  test('never takes more nodes at once than a piece has, and is through once all have gone', () => {
    const tree = grow(1, 5_000, 64);
    const owned = tree.ephemeralsOf(MINE).length;
    const pieces = end(tree);
    expect(Math.max(...pieces.map((changes) => changes.length))).toBe(2 * 64);
    expect(pieces.flat()).toHaveLength(2 * owned);
    expect(pieces.length).toBeLessThan(2 * Math.ceil(owned / 64) + 2);
    expect(tree.ephemeralsOf(MINE)).toEqual([]);
    expect(tree.isAmid).toBe(false);
  });

  test('is one piece for a session with no more nodes than that, or with none', () => {
    expect(end(grow(1, 0, 4))).toEqual([[]]);
    const tree = new Tree({ pieceNodes: 4 });
    for (const [i, path] of ['/x', '/y', '/z'].entries()) {
      tree.apply(create(path, { flags: 1 }), asZxid(i + 1), 1, MINE);
    }
    expect(end(tree)).toEqual([['2 /x', '4 /', '2 /y', '4 /', '2 /z', '4 /']]);
  });

  test('lets nothing else be applied before it is through', () => {
    const tree = grow(1, 100, 10);
    tree.closeSession(MINE, END);
    expect(() => tree.apply(create('/late'), asZxid(END + 1), 1, OTHERS)).toThrow(
      'while an earlier write is not through',
    );
    while (tree.isAmid) tree.goOn();
    expect(tree.apply(create('/late'), asZxid(END + 1), 1, OTHERS).err).toBe(0);
  });

  test('does not show in a snapshot that was begun before it, and whose walk goes on between the pieces', () => {
    const tree = grow(3, 400, 8);
    const before = tree.digest();
    const walk = beginSnapshot(tree, new SessionTable(), new Uint8Array(0));
    const loader = new TreeLoader();
    tree.closeSession(MINE, END);
    for (let piece = walk.next(200); piece !== undefined; piece = walk.next(200)) {
      loader.feed(piece);
      if (tree.isAmid) tree.goOn();
    }
    let step = loader.finish(10);
    while (step.state === 'linking') step = loader.finish(10);
    expect(step.state === 'loaded' && step.tree.digest()).toBe(before);
  });
});
