import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { nextChange } from './change.ts';
import { ensureParents, parentOf } from './parents.ts';
import { insist, persist, type WaitOptions } from './retry.ts';

/** Holds everybody up for as long as its node is there. Shared with Curator's DistributedBarrier and kazoo's Barrier. */
export class Barrier {
  readonly path: string;
  readonly #zk: Client;

  constructor(zk: Client, path: string) {
    this.#zk = zk;
    this.path = path;
  }

  /** Sets it up; if it is there already, it stays. */
  async set({ signal }: WaitOptions = {}): Promise<void> {
    await ensureParents(this.#zk, parentOf(this.path), signal);
    try {
      await insist(this.#zk, () => this.#zk.create(this.path), signal);
    } catch (error) {
      if (!isCoordinationError(error, 'NODE_EXISTS')) throw error;
    }
  }

  /** Lets everybody go on. */
  async lift({ signal }: WaitOptions = {}): Promise<void> {
    try {
      await insist(this.#zk, () => this.#zk.delete(this.path), signal);
    } catch (error) {
      if (!isCoordinationError(error, 'NO_NODE')) throw error;
    }
  }

  /** Resolves once it is lifted, whatever becomes of sessions meanwhile. */
  async wait({ signal }: WaitOptions = {}): Promise<void> {
    for (;;) {
      const changed = nextChange(this.#zk, this.path, this.#zk.session.signal);
      try {
        const stat = await persist(
          this.#zk,
          () => this.#zk.exists(this.path, { watcher: changed.watcher }),
          signal,
        );
        if (stat === undefined) return;
        await changed.orAborted(signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!isCoordinationError(error, 'SESSION_LOST') || this.#zk.session.signal.aborted) throw error;
      } finally {
        changed.forget();
      }
    }
  }
}
