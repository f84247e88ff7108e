import type { SnapshotNode } from './format.ts';

/**
 * Who owns a node's life, in the 64 bits that ZooKeeper has for it:
 *
 *   0                     nobody: persistent
 *   0x8000000000000000    a container
 *   0xff 0x0000 ttlMs     a TTL node; ttlMs in the last 40 bits
 *   anything else         the session with this id
 */
const CONTAINER_HIGH = -0x8000_0000;
const TTL_HIGH = -0x100_0000;
const TTL_HIGH_MASK = -0x100;
const TWO_32 = 0x1_0000_0000;

export function setPersistent(node: SnapshotNode): void {
  node.ownerHigh = 0;
  node.ownerLow = 0;
}

export function setContainer(node: SnapshotNode): void {
  node.ownerHigh = CONTAINER_HIGH;
  node.ownerLow = 0;
}

export function setTtl(node: SnapshotNode, ttlMs: number): void {
  node.ownerHigh = TTL_HIGH | Math.floor(ttlMs / TWO_32);
  node.ownerLow = ttlMs | 0;
}

/** @param session a safe integer */
export function setSession(node: SnapshotNode, session: number): void {
  node.ownerHigh = Math.floor(session / TWO_32);
  node.ownerLow = session | 0;
}

export function isContainer({ ownerHigh, ownerLow }: SnapshotNode): boolean {
  return ownerHigh === CONTAINER_HIGH && ownerLow === 0;
}

/** Of a TTL node its time to live; undefined: it is none. */
export function ttlOf({ ownerHigh, ownerLow }: SnapshotNode): number | undefined {
  if ((ownerHigh & TTL_HIGH_MASK) !== TTL_HIGH) return undefined;
  return (ownerHigh & 0xff) * TWO_32 + (ownerLow >>> 0);
}
