import type { NodeStat } from '@rookery/client';

/** What becomes of a node by itself, as the owner in its stat tells it. */
export type NodeLife =
  | { readonly kind: 'persistent' }
  | { readonly kind: 'ephemeral'; readonly session: bigint }
  | { readonly kind: 'container' }
  | { readonly kind: 'ttl'; readonly ttlMs: number };

const CONTAINER_OWNER = 0x8000_0000_0000_0000n;
const TTL_MASK = 0xffff_ff00_0000_0000n;
const TTL_OWNER = 0xff00_0000_0000_0000n;

/**
 * Reads the owner's 64 bits as ZooKeeper has them: 0 for nobody, 0x8000000000000000 for a container, 0xff0000 and forty bits for a time to live in ms,
 * else a session.
 */
export function lifeOf({ ephemeralOwner: owner }: Pick<NodeStat, 'ephemeralOwner'>): NodeLife {
  if (owner === 0n) return { kind: 'persistent' };
  if (owner === CONTAINER_OWNER) return { kind: 'container' };
  if ((owner & TTL_MASK) === TTL_OWNER) return { kind: 'ttl', ttlMs: Number(owner & ~TTL_MASK) };
  return { kind: 'ephemeral', session: owner };
}

export function isEphemeral(stat: Pick<NodeStat, 'ephemeralOwner'>): boolean {
  return lifeOf(stat).kind === 'ephemeral';
}

export function sessionText(session: bigint): string {
  return `0x${session.toString(16)}`;
}

/** What a sequential child that is created next is numbered. Servers count the creations of children, and show twice that less those that are there. */
export function nextSequence({ cversion, numChildren }: Pick<NodeStat, 'cversion' | 'numChildren'>): number {
  return Math.floor((cversion + numChildren) / 2);
}
