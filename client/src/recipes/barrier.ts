import type { Client } from '../client.ts';
import { awaitChange } from './change.ts';
import { makeNode, removeNode } from './nodes.ts';
import { acrossSessions, type WaitOptions } from './retry.ts';

/** Holds everybody up for as long as its node is there. Shared with Curator's DistributedBarrier and kazoo's Barrier. */
export class Barrier {
  readonly path: string;
  readonly #zk: Client;

  constructor(zk: Client, path: string) {
    this.#zk = zk;
    this.path = path;
  }

  /** Sets it up; if it is there already, it stays. */
  set({ signal }: WaitOptions = {}): Promise<void> {
    return acrossSessions(this.#zk, () => makeNode(this.#zk, this.path, '', signal), signal);
  }

  /** Lets everybody go on. */
  lift({ signal }: WaitOptions = {}): Promise<void> {
    return acrossSessions(this.#zk, () => removeNode(this.#zk, this.path, signal), signal);
  }

  /** Resolves once it is lifted, whatever becomes of sessions meanwhile. */
  wait({ signal }: WaitOptions = {}): Promise<void> {
    return acrossSessions(this.#zk, () => this.#untilLifted(signal), signal);
  }

  async #untilLifted(signal: AbortSignal | undefined): Promise<void> {
    while (await awaitChange(this.#zk, this.path, this.#zk.session.signal, signal));
  }
}
