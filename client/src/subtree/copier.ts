import type { Step } from '../calls/transaction.ts';
import type { Client } from '../client.ts';
import { CoordinationError } from '../errors.ts';
import { below } from '../paths.ts';
import { confirmed } from './confirmed-counters.ts';
import type { FullNode } from './full-node.ts';
import { createAlone, creationOf } from './new-node.ts';
import { type LostCounters, SequenceCounters } from './sequence-counters.ts';
import { inTransactions } from './transactions.ts';

/** A node of a model, and what sequential child it would number next. */
export interface ModelNode extends Pick<FullNode, 'relative' | 'depth' | 'data' | 'acl'> {
  readonly nextSequence: number;
}

export interface Copied {
  readonly nodes: number;
  readonly bytes: number;
  readonly sequenceCounters: LostCounters;
}

export interface CopyOptions {
  /** Whether nodes that are there already get value and access list; else one that is there ends it. */
  readonly merges: boolean;
  /** Told how many nodes are made by now. */
  readonly done: (count: number) => void;
  /** See `inTransactions`. */
  readonly maxBytes?: number;
}

/**
 * Makes at `root` what `model` tells of, parents first. Unless it merges it rejects with NODE_EXISTS where the root is there: before anything is made, but
 * for a root that somebody makes meanwhile.
 */
export async function copyTo(
  client: Pick<Client, 'transaction' | 'create' | 'set' | 'setAcl' | 'exists'>,
  root: string,
  model: AsyncIterable<ModelNode>,
  { merges, done, maxBytes }: CopyOptions,
): Promise<Copied> {
  const counters = new SequenceCounters();
  let bytes = 0;
  // The root of an ensemble is always there.
  let mayBeThere = merges || root === '/';
  async function* creations(): AsyncGenerator<Step> {
    for await (const node of model) {
      // Only now: what is wrong with the model itself is told first.
      if (!mayBeThere && (await client.exists(root)) !== undefined) throw alreadyThere(root);
      mayBeThere = true;
      const path = below(root, node.relative);
      counters.childMade(node.depth);
      counters.node(path, node.depth, node.nextSequence, 0);
      bytes += node.data.length;
      yield creationOf({ path, data: node.data, acl: node.acl });
    }
  }
  const nodes = await inTransactions(
    client,
    creations(),
    (step) => createAlone(client, step, merges || step.path === '/'),
    done,
    maxBytes,
  );
  return { nodes, bytes, sequenceCounters: await confirmed(client, counters.end()) };
}

function alreadyThere(path: string): CoordinationError {
  return new CoordinationError('NODE_EXISTS', `create ${path}: the node exists`, {
    operation: 'create',
    path,
    retry: 'no',
  });
}
