import type { Bounds } from './bounds.ts';

/** Of what the process may have, so much is for what clients send and are sent; the rest is the tree's, the log's and the runtime's. */
const CLIENT_FRACTION = 1 / 4;

/**
 * The bounds for a process that may have `mostBytes` of memory: what all clients together hold is a share of it. Never less than one
 * client may be owed, or than may be on its way through the log: with less, a single client could stop all others.
 */
export function shareMemory(bounds: Bounds, mostBytes: number): Bounds {
  const least = Math.max(bounds.owedBytes, bounds.pendingBytes);
  const share = Math.floor(mostBytes * CLIENT_FRACTION);
  return { ...bounds, clientMemoryBytes: Math.max(least, Math.min(bounds.clientMemoryBytes, share)) };
}
