import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { CoordinationError } from '../errors.ts';
import { join } from '../paths.ts';
import { awaitChange } from './change.ts';
import { Hold } from './hold.ts';
import { makeOwnNode, type OwnNode, removeOwnNode } from './own-node.ts';
import { acrossSessions, persist } from './retry.ts';
import { isBefore, sequenceOf } from './sequence.ts';

/** What one contender wants. */
export interface Claim {
  readonly parent: string;
  /** Of its node's name; nobody else's begins with it. */
  readonly prefix: string;
  readonly value: Value;
  /** The place of a node that is in its way if it is before its own; undefined where it never is. */
  placeOf(name: string): number | undefined;
}

/**
 * Waits for its turn: a node of its own at the end of the queue, and a watch on the last of those before it that stand in the way. So one release wakes
 * one contender. Where the session is lost meanwhile it lines up again.
 *
 * Resolves to undefined where it is not its turn at once and `waits` is false. Rejects with the signal's reason; its node is removed then.
 */
export function contend(
  zk: Client,
  claim: Claim,
  waits: boolean,
  signal: AbortSignal | undefined,
): Promise<Hold | undefined> {
  const lineUp = async (): Promise<Hold | undefined> => {
    const node = await makeOwnNode(zk, claim.parent, claim.prefix, claim.value, signal);
    return awaitTurn(zk, claim, node, waits, signal);
  };
  return acrossSessions(zk, lineUp, signal);
}

async function awaitTurn(
  zk: Client,
  claim: Claim,
  node: OwnNode,
  waits: boolean,
  signal: AbortSignal | undefined,
): Promise<Hold | undefined> {
  try {
    for (;;) {
      const before = await nearestBefore(zk, claim, node, signal);
      if (before === undefined) return await Hold.of(zk, node);
      if (!waits) {
        await removeOwnNode(zk, node.path);
        return undefined;
      }
      await awaitChange(zk, join(claim.parent, before), node.session.signal, signal);
    }
  } catch (error) {
    // Sent before whatever this client asks for next; where nobody is connected, who gave it up does not wait for that.
    removeOwnNode(zk, node.path).catch(() => undefined);
    throw error;
  }
}

/** The last one of those before it that stand in its way. */
async function nearestBefore(
  zk: Client,
  claim: Claim,
  node: OwnNode,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { names } = await persist(zk, () => zk.children(claim.parent), signal);
  if (!names.includes(node.name)) throw removed(node);
  const own = sequenceOf(node.name.slice(claim.prefix.length)) ?? 0;
  let nearest: string | undefined;
  let nearestPlace = 0;
  for (const name of names) {
    const place = claim.placeOf(name);
    if (place === undefined || !isBefore(place, own)) continue;
    if (nearest !== undefined && isBefore(place, nearestPlace)) continue;
    nearest = name;
    nearestPlace = place;
  }
  return nearest;
}

function removed(node: OwnNode): CoordinationError {
  return new CoordinationError(
    'SESSION_LOST',
    `${node.path} is gone: its session is lost, or somebody removed it`,
    {
      operation: 'contend',
      path: node.path,
      retry: 'safe',
    },
  );
}
