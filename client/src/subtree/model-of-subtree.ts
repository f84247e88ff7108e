import type { Client } from '../client.ts';
import type { ModelNode } from './copier.ts';
import { fullNodes } from './full-node.ts';
import { nextSequence } from './node-stat.ts';
import type { MetNode } from './walk.ts';

/** A subtree as it is to be made elsewhere: see `fullNodes`. */
export async function* modelOf(
  client: Pick<Client, 'get' | 'getAcl'>,
  root: string,
  nodes: AsyncIterable<MetNode>,
  ephemeral: (path: string) => void,
): AsyncGenerator<ModelNode> {
  for await (const { relative, depth, data, acl, stat } of fullNodes(client, root, nodes, ephemeral))
    yield { relative, depth, data, acl, nextSequence: nextSequence(stat) };
}
