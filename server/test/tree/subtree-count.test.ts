import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import { countBelow, looksToCount } from '../../src/tree/subtree-count.ts';
import { Tree } from '../../src/tree/tree.ts';
import { create, remove } from './writes.ts';

/** A tree in which nodes come and go, so that slots are taken anew and a node may lie before its parent; and its paths. */
function grow(seed: number, steps: number): { readonly tree: Tree; readonly paths: Set<string> } {
  const random = new Random(seed);
  const tree = new Tree();
  const paths = new Set(['/top']);
  tree.apply(create('/top'), asZxid(1), 1, asSessionId(1));
  for (let step = 2; step < steps; step++) {
    const near = random.pick([...paths]);
    const path = `${near}/${random.below(1_000)}`;
    if (random.chance(0.3)) {
      if (near !== '/top' && tree.apply(remove(near), asZxid(step), 1, asSessionId(1)).err === 0)
        paths.delete(near);
    } else if (tree.apply(create(path), asZxid(step), 1, asSessionId(1)).err === 0) paths.add(path);
  }
  return { tree, paths };
}

describe('the count of a subtree', () => {
  test.each([0, 1, 5, 1_000])(
    'is that of the paths below it, where up to %i nodes are walked and more are found by a pass',
    (mostWalked) => {
      for (let seed = 1; seed <= 20; seed++) {
        const { tree, paths } = grow(seed, 300);
        for (const path of paths) {
          const below = [...paths].filter((each) => each.startsWith(`${path}/`)).length;
          const counted = countBelow(tree.znodes.nodes, tree.lookupText(path), mostWalked);
          expect(counted, `seed ${seed}, ${path}`).toBe(below);
        }
      }
    },
  );

  test('jumps in memory for the first ten thousand nodes only, however many there are and wherever they lie', () => {
    const tree = new Tree();
    tree.apply(create('/top'), asZxid(1), 1, asSessionId(1));
    let zxid = 1;
    for (let i = 0; i < 100; i++) tree.apply(create(`/top/${i}`), asZxid(++zxid), 1, asSessionId(1));
    // Siblings lie a hundred slots apart.
    for (let i = 0; i < 40_000; i++) {
      tree.apply(create(`/top/${i % 100}/${i}`), asZxid(++zxid), 1, asSessionId(1));
    }
    const { nodes } = tree.znodes;
    let jumps = 0;
    let last = 0;
    const int = nodes.int.bind(nodes);
    nodes.int = (slot, field) => {
      if (Math.abs(slot - last) > 1) jumps++;
      last = slot;
      return int(slot, field);
    };
    expect(tree.countBelow(tree.lookupText('/top'))).toBe(40_100);
    expect(jumps).toBeLessThan(11_000);
    expect(looksToCount(nodes, 40_100)).toBe(10_000 + nodes.highWater / 2);
    expect(looksToCount(nodes, 10_000)).toBe(10_000);
  });
});
