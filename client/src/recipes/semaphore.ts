import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { isCoordinationError } from '../errors.ts';
import { join, parentOf } from '../paths.ts';
import { nextChange } from './change.ts';
import { type Contender, contendersOf } from './contenders.ts';
import { Hold } from './hold.ts';
import { type Layout, namePrefix, placeOf } from './layout.ts';
import type { LockOptions } from './line.ts';
import { Lock } from './lock.ts';
import { makeOwnNode } from './own-node.ts';
import { ensureParents } from './parents.ts';
import { acrossSessions, insist, persist, type WaitOptions } from './retry.ts';

/**
 * So many leases that are held at the same time. Who wants one waits in the queue of a lock, so that each lease that is given back wakes one. All that
 * share it have to say the same number. Shared with Curator's InterProcessSemaphoreV2, or with kazoo's Semaphore, whose number stands in the node.
 */
export class Semaphore {
  readonly path: string;
  readonly leases: number;
  readonly #zk: Client;
  readonly #layout: Layout;
  readonly #value: Value;
  readonly #leasesPath: string;
  readonly #queue: Lock;

  constructor(zk: Client, path: string, leases: number, options: LockOptions = {}) {
    if (!Number.isInteger(leases) || leases < 1)
      throw new RangeError(`${leases} leases: at least 1 is needed`);
    this.#zk = zk;
    this.path = path;
    this.leases = leases;
    this.#layout = options.layout ?? 'curator';
    this.#value = options.value ?? '';
    const isKazoo = this.#layout === 'kazoo';
    this.#leasesPath = isKazoo ? path : join(path, 'leases');
    this.#queue = new Lock(zk, isKazoo ? `${path}-__lock__` : join(path, 'locks'), options);
  }

  /** Waits for a lease. */
  acquire({ signal }: WaitOptions = {}): Promise<Hold> {
    const lineUp = async (): Promise<Hold> => {
      const turn = await this.#queue.acquire({ signal });
      try {
        return await this.#lease(turn, signal);
      } finally {
        await turn.release();
      }
    };
    return acrossSessions(this.#zk, lineUp, signal);
  }

  /** undefined where there is none to be had at once. */
  tryAcquire({ signal }: WaitOptions = {}): Promise<Hold | undefined> {
    const tryOnce = async (): Promise<Hold | undefined> => {
      const turn = await this.#queue.tryAcquire({ signal });
      if (turn === undefined) return undefined;
      try {
        await this.#prepare(signal);
        const { names } = await persist(this.#zk, () => this.#zk.children(this.#leasesPath), signal);
        return names.length < this.leases ? await this.#take(signal) : undefined;
      } finally {
        await turn.release();
      }
    };
    return acrossSessions(this.#zk, tryOnce, signal);
  }

  /** Who has a lease. */
  holders(): Promise<Contender[]> {
    return contendersOf(this.#zk, this.#leasesPath, (name) => placeOf(name, ['lease']) ?? 0);
  }

  async #lease(turn: Hold, signal: AbortSignal | undefined): Promise<Hold> {
    const until = signal === undefined ? turn.signal : AbortSignal.any([signal, turn.signal]);
    await this.#prepare(until);
    for (;;) {
      const changed = nextChange(this.#zk, this.#leasesPath, turn.signal);
      try {
        const { names } = await persist(
          this.#zk,
          () => this.#zk.children(this.#leasesPath, { watcher: changed.watcher }),
          until,
        );
        if (names.length < this.leases) return await this.#take(until);
        await changed.orAborted(until);
      } finally {
        changed.forget();
      }
    }
  }

  async #take(signal: AbortSignal | undefined): Promise<Hold> {
    const prefix = namePrefix(this.#layout, 'lease', this.#zk.uniqueId());
    return Hold.of(this.#zk, await makeOwnNode(this.#zk, this.#leasesPath, prefix, this.#value, signal));
  }

  async #prepare(signal: AbortSignal | undefined): Promise<void> {
    if (this.#layout !== 'kazoo') {
      await ensureParents(this.#zk, this.#leasesPath, signal);
      return;
    }
    await ensureParents(this.#zk, parentOf(this.path), signal);
    try {
      await insist(this.#zk, () => this.#zk.create(this.path, String(this.leases)), signal);
    } catch (error) {
      if (!isCoordinationError(error, 'NODE_EXISTS')) throw error;
      const { data } = await persist(this.#zk, () => this.#zk.get(this.path), signal);
      const said = Number.parseInt(data.toString(), 10);
      if (!Number.isNaN(said) && said !== this.leases)
        throw new RangeError(`${this.path} says that it has ${said} leases, not ${this.leases}`);
    }
  }
}
