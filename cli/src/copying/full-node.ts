import { type AclList, type Client, isCoordinationError, type NodeStat } from '@rookery/client';
import { hidesHashes } from '../acl-text.ts';
import type { Place } from '../context.ts';
import { Refusal } from '../failures.ts';
import { isEphemeral } from '../node-stat.ts';
import { relativeTo } from '../paths.ts';
import { inOrder } from '../tree-walk/pipeline.ts';
import { type WalkedNode, walk } from '../tree-walk/walk.ts';

/** A node with all that can be made again elsewhere. */
export interface FullNode {
  /** From the root of what is copied: empty for itself, else it begins with /. */
  readonly relative: string;
  readonly depth: number;
  readonly stat: NodeStat;
  readonly data: Buffer;
  readonly acl: AclList;
}

/** Nodes whose values and access lists are read at a time; a value may have a megabyte. */
const MAX_IN_FLIGHT = 64;
const NO_DATA = Buffer.alloc(0);

/**
 * A subtree with values and access lists, parents first, without what is the servers' own.
 *
 * @param ephemeral told of each ephemeral node, which is left out: it would not be one without its session
 */
export async function* fullNodes(
  place: Place,
  ephemeral: (path: string) => void,
  maxDepth?: number,
): AsyncGenerator<FullNode> {
  const nodes = walk(place.client, place.path, { maxDepth, leavesOut: place.isServersOwn });
  const read = inOrder(lasting(nodes, ephemeral), MAX_IN_FLIGHT, (node) =>
    fullNodeOf(place.client, place.path, node),
  );
  for await (const node of read) if (node !== undefined) yield node;
}

/** undefined: it has gone meanwhile. */
export async function fullNodeOf(
  client: Client,
  root: string,
  { path, depth, stat }: WalkedNode,
): Promise<FullNode | undefined> {
  try {
    const [value, { acl }] = await Promise.all([
      stat.dataLength === 0 ? undefined : client.get(path),
      client.getAcl(path),
    ]);
    if (hidesHashes(acl)) {
      throw new Refusal(
        `${path}: the server hides the hashes of its access list from who may not change it; prove who you are by --user`,
      );
    }
    return { relative: relativeTo(root, path), depth, stat, data: value?.data ?? NO_DATA, acl };
  } catch (error) {
    if (isCoordinationError(error, 'NO_NODE')) return undefined;
    throw error;
  }
}

async function* lasting(
  nodes: AsyncIterable<WalkedNode>,
  ephemeral: (path: string) => void,
): AsyncGenerator<WalkedNode> {
  for await (const node of nodes) {
    if (isEphemeral(node.stat)) ephemeral(node.path);
    else yield node;
  }
}
