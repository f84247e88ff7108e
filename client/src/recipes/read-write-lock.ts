import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { type Contender, contendersOf } from './contenders.ts';
import { contend } from './contention.ts';
import type { Hold } from './hold.ts';
import { type Layout, namePrefix, type Purpose, placeOf } from './layout.ts';
import type { LockOptions } from './lock.ts';
import type { WaitOptions } from './retry.ts';

/** Who stands in the way of a reader, and of a writer. */
const IN_THE_WAY = { read: ['write'], write: ['read', 'write'] } as const satisfies Record<string, Purpose[]>;

/**
 * A lock that many readers have together, or one writer alone, in the order in which they came: a writer that waits keeps readers waiting that come after
 * it. Shared with Curator's InterProcessReadWriteLock, or with kazoo's ReadLock and WriteLock.
 */
export class ReadWriteLock {
  readonly path: string;
  readonly #zk: Client;
  readonly #layout: Layout;
  readonly #value: Value;

  constructor(zk: Client, path: string, options: LockOptions = {}) {
    this.#zk = zk;
    this.path = path;
    this.#layout = options.layout ?? 'curator';
    this.#value = options.value ?? '';
  }

  /** Waits until no writer is before it. */
  async read({ signal }: WaitOptions = {}): Promise<Hold> {
    return (await this.#contend('read', true, signal)) as Hold;
  }

  /** Waits until nobody is before it. */
  async write({ signal }: WaitOptions = {}): Promise<Hold> {
    return (await this.#contend('write', true, signal)) as Hold;
  }

  /** undefined where a writer has it, or waits for it. */
  tryRead({ signal }: WaitOptions = {}): Promise<Hold | undefined> {
    return this.#contend('read', false, signal);
  }

  /** undefined where anybody has it. */
  tryWrite({ signal }: WaitOptions = {}): Promise<Hold | undefined> {
    return this.#contend('write', false, signal);
  }

  /** Readers and writers, in their order. */
  contenders(): Promise<Contender[]> {
    return contendersOf(this.#zk, this.path, (name) => placeOf(name, ['read', 'write']));
  }

  #contend(
    purpose: 'read' | 'write',
    waits: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Hold | undefined> {
    const claim = {
      parent: this.path,
      prefix: namePrefix(this.#layout, purpose, this.#zk.uniqueId()),
      value: this.#value,
      placeOf: (name: string) => placeOf(name, IN_THE_WAY[purpose]),
    };
    return contend(this.#zk, claim, waits, signal);
  }
}
