import type { Place } from '../context.ts';
import { nextSequence } from '../node-stat.ts';
import type { ModelNode } from './copier.ts';
import { fullNodes } from './full-node.ts';

/** A subtree as it is to be made elsewhere. */
export async function* modelOf(
  place: Place,
  ephemeral: (path: string) => void,
  maxDepth?: number,
): AsyncGenerator<ModelNode> {
  for await (const { relative, depth, data, acl, stat } of fullNodes(place, ephemeral, maxDepth))
    yield { relative, depth, data, acl, nextSequence: nextSequence(stat) };
}
