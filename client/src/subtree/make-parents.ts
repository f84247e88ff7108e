import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { parentOf } from '../paths.ts';

/** Makes every node above `path` that is not there, empty and open to everybody. */
export async function makeParents(client: Pick<Client, 'create' | 'exists'>, path: string): Promise<void> {
  const missing: string[] = [];
  for (let parent = parentOf(path); parent !== '/'; parent = parentOf(parent)) missing.unshift(parent);
  // The server does them in this order, so none has to wait for the one above it.
  const made = await Promise.allSettled(missing.map((parent) => makeUnlessThere(client, parent)));
  for (const outcome of made) if (outcome.status === 'rejected') throw outcome.reason;
}

async function makeUnlessThere(client: Pick<Client, 'create' | 'exists'>, path: string): Promise<void> {
  try {
    await client.create(path);
  } catch (error) {
    if (isCoordinationError(error, 'NODE_EXISTS')) return;
    // Who may not create there need not, if it is there.
    if (isCoordinationError(error, 'NO_AUTH') && (await client.exists(path)) !== undefined) return;
    throw error;
  }
}
