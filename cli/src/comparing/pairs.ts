import { comparePaths, relativeTo, type WalkedNode } from '@rookery/client/subtree';

/** What two subtrees have at one place below their roots; at least one of them has something. */
export interface Pair {
  readonly relative: string;
  readonly a: WalkedNode | undefined;
  readonly b: WalkedNode | undefined;
}

/** Two walks side by side, in the order of a walk. */
export async function* pairsOf(
  rootA: string,
  walkA: AsyncIterator<WalkedNode>,
  rootB: string,
  walkB: AsyncIterator<WalkedNode>,
): AsyncGenerator<Pair> {
  try {
    let [a, b] = await Promise.all([nodeOf(walkA), nodeOf(walkB)]);
    while (a !== undefined || b !== undefined) {
      const inA = a === undefined ? undefined : relativeTo(rootA, a.path);
      const inB = b === undefined ? undefined : relativeTo(rootB, b.path);
      const order = inA === undefined ? 1 : inB === undefined ? -1 : comparePaths(inA, inB);
      yield {
        relative: order <= 0 ? inA! : inB!,
        a: order <= 0 ? a : undefined,
        b: order >= 0 ? b : undefined,
      };
      const nexts = await Promise.all([order <= 0 ? nodeOf(walkA) : a, order >= 0 ? nodeOf(walkB) : b]);
      [a, b] = nexts;
    }
  } finally {
    await Promise.all([walkA.return?.(), walkB.return?.()]);
  }
}

async function nodeOf(walk: AsyncIterator<WalkedNode>): Promise<WalkedNode | undefined> {
  const { value, done } = await walk.next();
  return done === true ? undefined : value;
}
