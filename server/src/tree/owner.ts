import type { SessionId } from '../model/ids.ts';

/**
 * Who owns a znode's life, as one number:
 *
 *   0            nobody: persistent
 *   > 0          the session with this id: ephemeral
 *   −1           nobody, and it goes when its last child has gone: container
 *   −1 − ttlMs   nobody, and it goes when it was not changed for ttlMs: TTL
 */
export const PERSISTENT_OWNER = 0;
export const CONTAINER_OWNER = -1;

export function ttlOwner(ttlMs: number): number {
  return CONTAINER_OWNER - ttlMs;
}

/** Of a TTL node's owner: its time to live. */
export function ttlOf(owner: number): number {
  return CONTAINER_OWNER - owner;
}

/** Whether the server removes the node by itself: a container or a TTL node. */
export function isTransient(owner: number): boolean {
  return owner < PERSISTENT_OWNER;
}

export function isEphemeral(owner: number): owner is SessionId {
  return owner > 0;
}
