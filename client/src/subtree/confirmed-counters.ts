import type { Client } from '../client.ts';
import { nextSequence } from './node-stat.ts';
import type { LostCounter, LostCounters } from './sequence-counters.ts';

/** The same with the numbers that the copy has now: a node that was there already may have counted further, and others write, too. */
export async function confirmed(
  client: Pick<Client, 'exists'>,
  { count, first }: LostCounters,
): Promise<LostCounters> {
  const looked = await Promise.all(first.map((counter) => lookedAt(client, counter)));
  const lower = looked.filter((counter) => counter.is < counter.was);
  return { count: count - (first.length - lower.length), first: lower };
}

async function lookedAt(client: Pick<Client, 'exists'>, counter: LostCounter): Promise<LostCounter> {
  const stat = await client.exists(counter.path);
  return stat === undefined ? counter : { ...counter, is: nextSequence(stat) };
}
