import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { join } from '../paths.ts';
import { awaitChange, nextChange } from './change.ts';
import { makeNode } from './nodes.ts';
import { removeOwnNode } from './own-node.ts';
import { ensureParents } from './parents.ts';
import { persist, type WaitOptions } from './retry.ts';

const READY = 'ready';

/**
 * So many begin together, and end together. Each takes part in one session: enter and leave reject with SESSION_LOST where that ends. Shared with Curator's
 * DistributedDoubleBarrier and kazoo's DoubleBarrier.
 */
export class DoubleBarrier {
  readonly path: string;
  readonly members: number;
  readonly #zk: Client;
  readonly #value: Value;
  readonly #own: string;

  /** @param members how many have to have entered before any goes on */
  constructor(
    zk: Client,
    path: string,
    members: number,
    options: { readonly value?: Value | undefined } = {},
  ) {
    if (!Number.isInteger(members) || members < 1)
      throw new RangeError(`${members} members: at least 1 is needed`);
    this.#zk = zk;
    this.path = path;
    this.members = members;
    this.#value = options.value ?? '';
    this.#own = zk.uniqueId();
  }

  /** Resolves when as many have entered as there have to be. Given up by its signal it is as if it had not entered. */
  async enter({ signal }: WaitOptions = {}): Promise<void> {
    const { session } = this.#zk;
    const ready = nextChange(this.#zk, this.#path(READY), session.signal);
    try {
      await ensureParents(this.#zk, this.path, signal);
      // Watched before it counts as one of them: the last one to enter makes the node.
      const isReady = await persist(
        this.#zk,
        () => this.#zk.exists(this.#path(READY), { watcher: ready.watcher }),
        signal,
      );
      await makeNode(this.#zk, this.#path(this.#own), this.#value, signal, 'ephemeral');
      const isComplete = (await this.#present(signal)).length >= this.members;
      if (isComplete) await makeNode(this.#zk, this.#path(READY), '', signal);
      else if (isReady === undefined) await ready.orAborted(signal);
    } catch (error) {
      removeOwnNode(this.#zk, this.#path(this.#own)).catch(() => undefined);
      throw error;
    } finally {
      ready.forget();
    }
  }

  /** Resolves when all have left. */
  async leave({ signal }: WaitOptions = {}): Promise<void> {
    const { session } = this.#zk;
    await removeOwnNode(this.#zk, this.#path(READY));
    for (;;) {
      const present = (await this.#present(signal)).sort();
      session.signal.throwIfAborted();
      const others = present.filter((name) => name !== this.#own);
      if (others.length === 0) {
        await removeOwnNode(this.#zk, this.#path(this.#own));
        return;
      }
      // The lowest stays until it is the last, and waits for the highest; the others go, and wait for the lowest.
      const isLowest = present[0] === this.#own;
      if (!isLowest && present.includes(this.#own)) await removeOwnNode(this.#zk, this.#path(this.#own));
      const awaited = isLowest ? others.at(-1)! : present[0]!;
      await awaitChange(this.#zk, this.#path(awaited), session.signal, signal);
    }
  }

  async #present(signal: AbortSignal | undefined): Promise<string[]> {
    const { names } = await persist(this.#zk, () => this.#zk.children(this.path), signal);
    return names.filter((name) => name !== READY);
  }

  #path(name: string): string {
    return join(this.path, name);
  }
}
