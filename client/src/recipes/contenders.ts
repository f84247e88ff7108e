import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { join } from '../paths.ts';
import { persist } from './retry.ts';
import { isBefore } from './sequence.ts';

/** One of those who stand in a queue. */
export interface Contender {
  readonly path: string;
  /** As it wrote it into its node. */
  readonly value: Buffer;
  readonly session: bigint;
  /** Since when, by the servers' clock: ms since 1970. */
  readonly sinceMs: number;
  readonly token: number;
}

/** The nodes of `parent` that have a place, in their order; those that go meanwhile are left out. */
export async function contendersOf(
  zk: Client,
  parent: string,
  placeOf: (name: string) => number | undefined,
): Promise<Contender[]> {
  const names = await namesOf(zk, parent);
  const inOrder = names
    .flatMap((name) => {
      const place = placeOf(name);
      return place === undefined ? [] : [{ name, place }];
    })
    .sort((a, b) => (isBefore(a.place, b.place) ? -1 : 1));
  const nodes = await Promise.all(inOrder.map(({ name }) => contenderAt(zk, join(parent, name))));
  return nodes.filter((node) => node !== undefined);
}

async function namesOf(zk: Client, parent: string): Promise<string[]> {
  try {
    return (await persist(zk, () => zk.children(parent))).names;
  } catch (error) {
    if (isCoordinationError(error, 'NO_NODE')) return [];
    throw error;
  }
}

async function contenderAt(zk: Client, path: string): Promise<Contender | undefined> {
  try {
    const { data, stat } = await persist(zk, () => zk.get(path));
    const { ephemeralOwner: session, ctime: sinceMs, czxid: token } = stat;
    return { path, value: data, session, sinceMs, token };
  } catch (error) {
    if (isCoordinationError(error, 'NO_NODE')) return undefined;
    throw error;
  }
}
