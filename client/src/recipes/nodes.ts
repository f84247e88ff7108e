import type { NodeKind } from '../calls/create.ts';
import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { parentOf } from '../paths.ts';
import { ensureParents } from './parents.ts';
import { insist } from './retry.ts';

/** Sees to it that the node is there, with its parents; one that is there stays as it is. */
export async function makeNode(
  zk: Client,
  path: string,
  value: Value,
  signal: AbortSignal | undefined,
  kind: NodeKind = 'persistent',
): Promise<void> {
  for (;;) {
    try {
      await insist(zk, () => zk.create(path, value, { kind }), signal);
      return;
    } catch (error) {
      if (isCoordinationError(error, 'NODE_EXISTS')) return;
      if (!isCoordinationError(error, 'NO_NODE')) throw error;
    }
    await ensureParents(zk, parentOf(path), signal);
  }
}

/** Sees to it that the node is not there. */
export async function removeNode(zk: Client, path: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await insist(zk, () => zk.delete(path), signal);
  } catch (error) {
    if (!isCoordinationError(error, 'NO_NODE')) throw error;
  }
}
