import type { Client } from '../client.ts';
import type { Contender } from './contenders.ts';
import type { Hold } from './hold.ts';
import type { LockOptions } from './line.ts';
import { Lock } from './lock.ts';
import type { WaitOptions } from './retry.ts';

/**
 * One of many leads at a time. Shared with Curator's LeaderSelector, or with kazoo's Election.
 *
 *     await new Election(zk, '/leader').run(async (hold) => { while (!hold.signal.aborted) … }, { signal });
 */
export class Election {
  readonly #lock: Lock;
  readonly #zk: Client;

  constructor(zk: Client, path: string, options: LockOptions = {}) {
    this.#zk = zk;
    this.#lock = new Lock(zk, path, options);
  }

  /**
   * Leads again and again until `signal` is aborted: `lead` is called when it is elected, and the leadership given up when it returns or throws.
   * It has to stop when `hold.signal` is aborted: somebody else may lead from then on. Rejects with what `lead` throws while it still leads; resolves once
   * `signal` is aborted.
   */
  async run(lead: (hold: Hold) => Promise<void>, { signal }: WaitOptions = {}): Promise<void> {
    while (signal?.aborted !== true && !this.#isOver) {
      const hold = await this.#elected(signal);
      if (hold === undefined) return;
      const resign = (): void => void hold.release().catch(() => undefined);
      signal?.addEventListener('abort', resign, { once: true });
      try {
        await lead(hold);
      } catch (error) {
        // What it throws because it does not lead any more is no failure of it.
        if (!hold.signal.aborted) throw error;
      } finally {
        signal?.removeEventListener('abort', resign);
        await hold.release();
      }
    }
  }

  /** Who leads, and who would next. */
  contenders(): Promise<Contender[]> {
    return this.#lock.contenders();
  }

  get #isOver(): boolean {
    return this.#zk.session.signal.aborted;
  }

  async #elected(signal: AbortSignal | undefined): Promise<Hold | undefined> {
    try {
      return await this.#lock.acquire({ signal });
    } catch (error) {
      if (signal?.aborted === true) return undefined;
      throw error;
    }
  }
}
