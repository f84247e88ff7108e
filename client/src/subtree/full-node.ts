import type { AclList } from '@rookery/protocol';
import type { NodeStat } from '../calls/node-stat.ts';
import type { Client } from '../client.ts';
import { CoordinationError, isCoordinationError } from '../errors.ts';
import { relativeTo } from '../paths.ts';
import { hidesHashes } from './acl-text.ts';
import { isEphemeral } from './node-stat.ts';
import { inOrder } from './pipeline.ts';
import type { MetNode } from './walk.ts';

/** A node with all that can be made again elsewhere. */
export interface FullNode {
  /** From the root of what is copied: empty for itself, else it begins with /. */
  readonly relative: string;
  readonly depth: number;
  readonly stat: NodeStat;
  readonly data: Buffer;
  readonly acl: AclList;
}

/** Nodes whose values and access lists are read at a time, and bytes of such values. */
const MAX_IN_FLIGHT = 64;
const MAX_BYTES_IN_FLIGHT = 8 * 1024 * 1024;
const NO_DATA = Buffer.alloc(0);

/**
 * The nodes of a walk with values and access lists.
 *
 * @param nodes from `root` on, parents first
 * @param ephemeral told of each ephemeral node, which is left out: it would not be one without its session
 */
export async function* fullNodes(
  client: Pick<Client, 'get' | 'getAcl'>,
  root: string,
  nodes: AsyncIterable<MetNode>,
  ephemeral: (path: string) => void,
): AsyncGenerator<FullNode> {
  const limit = {
    items: MAX_IN_FLIGHT,
    weight: MAX_BYTES_IN_FLIGHT,
    weightOf: ({ stat }: MetNode) => stat.dataLength,
  };
  const read = inOrder(lasting(nodes, ephemeral), limit, (node) => fullNodeOf(client, root, node));
  for await (const node of read) if (node !== undefined) yield node;
}

/** undefined: it has gone meanwhile. Rejects with NO_AUTH where the server shows the access list without its hashes. */
export async function fullNodeOf(
  client: Pick<Client, 'get' | 'getAcl'>,
  root: string,
  { path, depth, stat }: MetNode,
): Promise<FullNode | undefined> {
  try {
    const [value, { acl }] = await Promise.all([
      stat.dataLength === 0 ? undefined : client.get(path),
      client.getAcl(path),
    ]);
    if (hidesHashes(acl)) {
      throw new CoordinationError(
        'NO_AUTH',
        `${path}: the server hides the hashes of its access list from who may not change it`,
        { operation: 'getAcl', path, retry: 'no' },
      );
    }
    return { relative: relativeTo(root, path), depth, stat, data: value?.data ?? NO_DATA, acl };
  } catch (error) {
    if (isCoordinationError(error, 'NO_NODE')) return undefined;
    throw error;
  }
}

async function* lasting(
  nodes: AsyncIterable<MetNode>,
  ephemeral: (path: string) => void,
): AsyncGenerator<MetNode> {
  for await (const node of nodes) {
    if (isEphemeral(node.stat)) ephemeral(node.path);
    else yield node;
  }
}
