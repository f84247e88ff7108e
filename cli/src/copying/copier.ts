import type { Client, Step } from '@rookery/client';
import type { Context } from '../context.ts';
import { below } from '../paths.ts';
import { counted, countText } from '../quantities.ts';
import { confirmed } from './confirmed-counters.ts';
import type { FullNode } from './full-node.ts';
import { createAlone, creationOf } from './new-node.ts';
import { counterNotes, type LostCounters, SequenceCounters } from './sequence-counters.ts';
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

/**
 * Makes at `root` what `model` tells of, parents first.
 *
 * @param merges whether nodes that are there already get value and access list; else one that is there ends it
 */
export async function copyTo(
  context: Context,
  client: Client,
  root: string,
  model: AsyncIterable<ModelNode>,
  merges: boolean,
): Promise<Copied> {
  const counters = new SequenceCounters();
  let bytes = 0;
  async function* creations(): AsyncGenerator<Step> {
    for await (const node of model) {
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
    // The root of an ensemble is always there.
    (step) => createAlone(client, step, merges || step.path === '/'),
    (count) => context.progress.show(`${countText(count)} nodes copied`),
  );
  return { nodes, bytes, sequenceCounters: await confirmed(client, counters.end()) };
}

/** Says what was copied, and what could not be kept. */
export async function tellCopied(context: Context, copied: Copied, ephemeralsLeftOut: number): Promise<void> {
  const { nodes, bytes, sequenceCounters } = copied;
  for (const line of counterNotes(sequenceCounters)) context.note(line);
  tellEphemerals(context, ephemeralsLeftOut);
  await (context.json
    ? context.jsonLine({ nodes, bytes, ephemeralsLeftOut, sequenceCounters })
    : context.out.line(`${counted(nodes, 'node')}, ${counted(bytes, 'byte')}`));
}

export function tellEphemerals(context: Context, leftOut: number): void {
  if (leftOut > 0)
    context.note(
      `${counted(leftOut, 'ephemeral node')} left out: they belong to the sessions that made them`,
    );
}
