import type { Slot } from '@rookery/protocol';
import { Int, type NodeTable, Real } from './node-table.ts';
import { CONTAINER_OWNER, ttlOf } from './owner.ts';

/**
 * Whether a node's time is over at `timeMs` (since 1970), so that the server removes it: a container that has had a child, a TTL node
 * that was not changed for its time to live. Neither while it has children.
 */
export function isOver(nodes: NodeTable, slot: Slot, timeMs: number): boolean {
  if (nodes.int(slot, Int.children) > 0) return false;
  const owner = nodes.real(slot, Real.owner);
  // A container must not go before its maker had the time to put something into it.
  if (owner === CONTAINER_OWNER) return nodes.int(slot, Int.creations) > 0;
  return owner < CONTAINER_OWNER && timeMs - nodes.real(slot, Real.mtime) > ttlOf(owner);
}
