import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { join } from '../paths.ts';
import { nextChange } from './change.ts';
import { ensureParents } from './parents.ts';
import { acrossSessions, persist, type WaitOptions } from './retry.ts';

export const DEFAULT_PRIORITY = 100;
const MAX_PRIORITY = 999;

export interface PutOptions extends WaitOptions {
  /** 0 to 999: the lower, the sooner it is taken; 100 where it is not said. */
  readonly priority?: number | undefined;
}

/**
 * First in, first out; among entries of different priorities the more urgent first. An entry is removed as it is taken: whoever takes it and fails has
 * lost it (a LockingQueue does not). Shared with kazoo's Queue.
 */
export class Queue {
  readonly path: string;
  readonly #zk: Client;
  /** Names that were there at the last look, the first one last. */
  #known: string[] = [];

  constructor(zk: Client, path: string) {
    this.#zk = zk;
    this.path = path;
  }

  /** Rejects where it is in doubt: it may be in the queue. */
  put(value: Value, options: PutOptions = {}): Promise<void> {
    return putEntry(this.#zk, this.path, value, options);
  }

  /** undefined where the queue is empty. Rejects where it is in doubt whether the first entry was taken: then it may be gone. */
  async poll({ signal }: WaitOptions = {}): Promise<Buffer | undefined> {
    for (;;) {
      const name = this.#known.pop() ?? (await this.#look(signal));
      if (name === undefined) return undefined;
      const value = await this.#take(join(this.path, name), signal);
      if (value !== undefined) return value;
      // Somebody else was faster; what was known is old.
      this.#known = [];
    }
  }

  /** Waits for an entry. */
  take({ signal }: WaitOptions = {}): Promise<Buffer> {
    return acrossSessions(this.#zk, () => this.#takeInSession(signal), signal);
  }

  /** How many entries there are. */
  async size(): Promise<number> {
    const stat = await persist(this.#zk, () => this.#zk.exists(this.path));
    return stat?.numChildren ?? 0;
  }

  async #takeInSession(signal: AbortSignal | undefined): Promise<Buffer> {
    await ensureParents(this.#zk, this.path, signal);
    for (;;) {
      const changed = nextChange(this.#zk, this.path, this.#zk.session.signal);
      try {
        // The watch before the look: what comes in between wakes it.
        await persist(this.#zk, () => this.#zk.children(this.path, { watcher: changed.watcher }), signal);
        const value = await this.poll({ signal });
        if (value !== undefined) return value;
        await changed.orAborted(signal);
      } finally {
        changed.forget();
      }
    }
  }

  async #look(signal: AbortSignal | undefined): Promise<string | undefined> {
    try {
      const { names } = await persist(this.#zk, () => this.#zk.children(this.path), signal);
      this.#known = names.sort().reverse();
    } catch (error) {
      if (!isCoordinationError(error, 'NO_NODE')) throw error;
    }
    return this.#known.pop();
  }

  async #take(path: string, signal: AbortSignal | undefined): Promise<Buffer | undefined> {
    try {
      const { data } = await persist(this.#zk, () => this.#zk.get(path), signal);
      await persist(this.#zk, () => this.#zk.delete(path), signal);
      return data;
    } catch (error) {
      if (isCoordinationError(error, 'NO_NODE')) return undefined;
      throw error;
    }
  }
}

/** An entry's name tells its priority, then its place: `entry-100-0000000007`. */
export async function putEntry(
  zk: Client,
  parent: string,
  value: Value,
  { priority = DEFAULT_PRIORITY, signal }: PutOptions,
): Promise<void> {
  if (!Number.isInteger(priority) || priority < 0 || priority > MAX_PRIORITY)
    throw new RangeError(`priority ${priority}: 0 to ${MAX_PRIORITY} is allowed`);
  await ensureParents(zk, parent, signal);
  const path = join(parent, `entry-${String(priority).padStart(3, '0')}-`);
  await persist(zk, () => zk.create(path, value, { kind: 'persistent-sequential' }), signal);
}
