import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { parentOf } from '../paths.ts';
import { insist } from './retry.ts';

/** Makes the node and those above it where they are not there: containers, which go by themselves when nobody uses them any more. */
export async function ensureParents(
  zk: Client,
  path: string,
  signal?: AbortSignal | undefined,
): Promise<void> {
  if (path === '/' || (await insist(zk, () => zk.exists(path), signal)) !== undefined) return;
  try {
    await insist(zk, () => zk.create(path, '', { kind: 'container' }), signal);
  } catch (error) {
    if (isCoordinationError(error, 'NODE_EXISTS')) return;
    if (!isCoordinationError(error, 'NO_NODE')) throw error;
    await ensureParents(zk, parentOf(path), signal);
    // Once more: it may be gone by the time, too, for who made the same way and removed it.
    await ensureParents(zk, path, signal);
  }
}
