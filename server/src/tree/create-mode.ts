import { CreateMode, type CreateWrite, isCreateMode, isTtlMode, MAX_TTL_MS, OpCode } from '@rookery/protocol';
import type { SessionId } from '../model/ids.ts';
import { CONTAINER_OWNER, PERSISTENT_OWNER, ttlOwner } from './owner.ts';

/**
 * Flags that the protocol does not know, or a time to live that does not go with them. (ZooKeeper 3.9.5 exits on a createTTL
 * of −1 ms with flags that have no time to live.)
 */
export function refusesFlags(write: CreateWrite): boolean {
  const { flags, ttlMs } = write;
  if (!isCreateMode(flags)) return true;
  if (write.op === OpCode.createIfNotExists && !isPlain(flags)) return true;
  if (isTtlMode(flags)) return ttlMs <= 0 || ttlMs > MAX_TTL_MS;
  return write.op === OpCode.createTtl;
}

/** A number in the name would be another one each time; and what has an operation of its own is made by that. */
function isPlain(flags: number): boolean {
  return flags === CreateMode.persistent || flags === CreateMode.ephemeral;
}

/** The new node's owner; see owner.ts. */
export function ownerOf(write: CreateWrite, session: SessionId): number {
  if (write.op === OpCode.createContainer) return CONTAINER_OWNER;
  if (isTtlMode(write.flags)) return ttlOwner(write.ttlMs);
  if (write.flags === CreateMode.ephemeral || write.flags === CreateMode.ephemeralSequential) return session;
  return PERSISTENT_OWNER;
}
