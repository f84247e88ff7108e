import type { Created } from '../calls/create.ts';
import type { Value } from '../calls/value.ts';
import type { Client, SessionView } from '../client.ts';
import { CoordinationError, isCoordinationError } from '../errors.ts';
import { join } from '../paths.ts';
import { ensureParents } from './parents.ts';
import { insist, isInDoubt, persist } from './retry.ts';

/** An ephemeral node that its maker alone removes. */
export interface OwnNode {
  readonly path: string;
  readonly name: string;
  /** The write that made it: grows with each node of its parent. */
  readonly czxid: number;
  /** It goes with it. */
  readonly session: SessionView;
}

/**
 * Makes `<parent>/<prefix><number>`. Where the answer is lost it is looked for by its prefix, which nobody else has, before it is made again: so
 * there is one, whatever becomes of the connection, and none where this rejects. Rejects with SESSION_LOST where the session is lost on the way.
 */
export async function makeOwnNode(
  zk: Client,
  parent: string,
  prefix: string,
  value: Value,
  signal?: AbortSignal | undefined,
): Promise<OwnNode> {
  await ensureParents(zk, parent, signal);
  const { session } = zk;
  let mayBeThere = false;
  try {
    for (;;) {
      const made = await create(zk, parent, prefix, value, signal);
      if (made === 'in-doubt') mayBeThere = true;
      const found = made === 'in-doubt' ? await findOwnNode(zk, parent, prefix, session, signal) : made;
      if (found !== undefined && found.stat.ephemeralOwner === session.id)
        return ownNode(parent, found, session);
      if (found === undefined) continue;
      // The session ended in between, and this one is of the next.
      mayBeThere = true;
      throw lostOnTheWay(parent);
    }
  } catch (error) {
    if (mayBeThere) removeByPrefix(zk, parent, prefix).catch(() => undefined);
    throw error;
  }
}

/** `in-doubt`: the answer was lost. */
async function create(
  zk: Client,
  parent: string,
  prefix: string,
  value: Value,
  signal: AbortSignal | undefined,
): Promise<Created | 'in-doubt'> {
  for (;;) {
    try {
      return await persist(
        zk,
        () => zk.create(join(parent, prefix), value, { kind: 'ephemeral-sequential' }),
        signal,
      );
    } catch (error) {
      if (isInDoubt(error)) return 'in-doubt';
      if (!isCoordinationError(error, 'NO_NODE')) throw error;
    }
    await ensureParents(zk, parent, signal);
  }
}

function ownNode(parent: string, { path, stat }: Created, session: SessionView): OwnNode {
  return { path, name: path.slice(join(parent, '').length), czxid: stat.czxid, session };
}

/** Whoever gave it up while the answer was lost leaves nothing that others would wait for. */
async function removeByPrefix(zk: Client, parent: string, prefix: string): Promise<void> {
  await insist(zk, () => zk.sync(parent));
  const { names } = await insist(zk, () => zk.children(parent));
  const own = names.filter((name) => name.startsWith(prefix));
  await Promise.all(own.map((name) => removeOwnNode(zk, join(parent, name))));
}

/** Removes it for sure, unless its session is over: then it goes by itself. */
export async function removeOwnNode(zk: Client, path: string): Promise<void> {
  try {
    await insist(zk, () => zk.delete(path));
  } catch (error) {
    const isGone =
      isCoordinationError(error, 'NO_NODE') ||
      isCoordinationError(error, 'SESSION_LOST') ||
      isCoordinationError(error, 'CLOSED');
    if (!isGone) throw error;
  }
}

async function findOwnNode(
  zk: Client,
  parent: string,
  prefix: string,
  session: SessionView,
  signal: AbortSignal | undefined,
): Promise<Created | undefined> {
  // What was under way over the former connection has arrived by now, or never will: the member at hand has to have seen it.
  await persist(zk, () => zk.sync(parent), signal);
  const { names } = await persist(zk, () => zk.children(parent), signal);
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    const path = join(parent, name);
    const stat = await persist(zk, () => zk.exists(path), signal);
    if (stat?.ephemeralOwner === session.id) return { path, stat };
  }
  if (session.signal.aborted) throw lostOnTheWay(parent);
  return undefined;
}

function lostOnTheWay(path: string): CoordinationError {
  return new CoordinationError('SESSION_LOST', `the session was lost while a node of ${path} was made`, {
    operation: 'create',
    path,
    retry: 'safe',
  });
}
