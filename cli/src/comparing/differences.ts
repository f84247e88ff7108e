import { isCoordinationError } from '@rookery/client';
import {
  type FullNode,
  fullNodeOf,
  inOrder,
  isEphemeral,
  isSameAcl,
  type WalkedNode,
  walk,
} from '@rookery/client/subtree';
import type { Place } from '../context.ts';
import { type Pair, pairsOf } from './pairs.ts';

export type Aspect = 'value' | 'acl';

/** What one place below two roots comes to. Ephemeral nodes are in neither. */
export type Difference =
  | { readonly is: 'same'; readonly pair: Pair }
  | { readonly is: 'only-a'; readonly pair: Pair; readonly a: FullNode }
  | { readonly is: 'only-b'; readonly pair: Pair }
  | { readonly is: 'differs'; readonly pair: Pair; readonly a: FullNode; readonly in: readonly Aspect[] }
  /** An ephemeral node, or one that has gone meanwhile. */
  | { readonly is: 'left-out'; readonly pair: Pair };

/** Places that are compared at a time; each may have two values of a megabyte. */
const MAX_IN_FLIGHT = 32;

/** Everything that either of two subtrees has, in the order of a walk. B need not be there. */
export function differences(a: Place, b: Place): AsyncGenerator<Difference> {
  const walks = pairsOf(
    a.path,
    walk(a.client, a.path, { leavesOut: a.isServersOwn }),
    b.path,
    unlessMissing(walk(b.client, b.path, { leavesOut: b.isServersOwn })),
  );
  return inOrder(walks, MAX_IN_FLIGHT, (pair) => differenceOf(a, b, pair));
}

async function differenceOf(placeA: Place, placeB: Place, pair: Pair): Promise<Difference> {
  const a = pair.a === undefined || isEphemeral(pair.a.stat) ? undefined : pair.a;
  const b = pair.b === undefined || isEphemeral(pair.b.stat) ? undefined : pair.b;
  const [fullA, fullB] = await Promise.all([
    a === undefined ? undefined : fullNodeOf(placeA.client, placeA.path, a),
    a === undefined || b === undefined ? undefined : fullNodeOf(placeB.client, placeB.path, b),
  ]);
  if (fullA === undefined)
    return b === undefined || a !== undefined ? { is: 'left-out', pair } : { is: 'only-b', pair };
  if (fullB === undefined) return { is: 'only-a', pair, a: fullA };
  const aspects = aspectsOf(fullA, fullB);
  return aspects.length === 0 ? { is: 'same', pair } : { is: 'differs', pair, a: fullA, in: aspects };
}

/** Pure: in what two nodes differ that a copy would have alike. */
export function aspectsOf(a: Pick<FullNode, 'data' | 'acl'>, b: Pick<FullNode, 'data' | 'acl'>): Aspect[] {
  const aspects: Aspect[] = [];
  if (!a.data.equals(b.data)) aspects.push('value');
  if (!isSameAcl(a.acl, b.acl)) aspects.push('acl');
  return aspects;
}

async function* unlessMissing(nodes: AsyncGenerator<WalkedNode>): AsyncGenerator<WalkedNode> {
  try {
    yield* nodes;
  } catch (error) {
    if (!isCoordinationError(error, 'NO_NODE')) throw error;
  }
}
