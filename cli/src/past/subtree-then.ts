import type { Context } from '../context.ts';
import { Refusal } from '../failures.ts';
import { counted } from '../quantities.ts';
import { askPast } from './ask-past.ts';
import { type Moment, parametersOf } from './moment.ts';
import { type NodeThen, nodeThenOf } from './node-then.ts';

/** More are not held in memory. */
const MAX_NODES = 1_000_000;

export interface SubtreeThen {
  /** By their paths, parents before their children; empty: there was no such node. */
  readonly nodes: ReadonlyMap<string, NodeThen>;
  /** Those that may not be read: nothing is known of them but that they were there. */
  readonly hidden: ReadonlySet<string>;
  readonly zxid: number;
}

/** A subtree as it was. */
export async function subtreeThen(
  context: Context,
  location: string,
  moment: Moment,
  hasValues: boolean,
): Promise<SubtreeThen> {
  const nodes = new Map<string, NodeThen>();
  const hidden = new Set<string>();
  let zxid = 0;
  const parameters = { values: String(hasValues), ...parametersOf(moment) };
  for await (const line of askPast(context, 'subtree', location, parameters)) {
    if (line.type === 'at') zxid = line.fields.number('zxid') ?? 0;
    else if (line.type === 'hidden') hidden.add(line.path);
    else if (line.type === 'node') nodes.set(line.path, nodeThenOf(line));
    if (nodes.size > MAX_NODES)
      throw new Refusal(`${location} had more than ${counted(MAX_NODES, 'node')}: name a part of it`);
  }
  return { nodes, hidden, zxid };
}
