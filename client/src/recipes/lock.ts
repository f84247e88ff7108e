import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { type Contender, contendersOf } from './contenders.ts';
import { type Claim, contend } from './contention.ts';
import type { Hold } from './hold.ts';
import { type Layout, namePrefix, placeOf } from './layout.ts';
import type { WaitOptions } from './retry.ts';

export interface LockOptions {
  /** Whose programs it is shared with: Curator's InterProcessMutex (where it is not said) or kazoo's Lock. */
  readonly layout?: Layout | undefined;
  /** What stands in a contender's node, for people. */
  readonly value?: Value | undefined;
}

/**
 * A lock that one contender has at a time, in the order in which they came. It is not re-entrant: each acquire is a contender of its own.
 *
 *     await using hold = await new Lock(zk, '/locks/report').acquire();
 */
export class Lock {
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

  /** Waits for it. Rejects with the signal's reason, or with a CoordinationError that another try would not mend. */
  async acquire({ signal }: WaitOptions = {}): Promise<Hold> {
    // It waits, so there is one.
    return (await contend(this.#zk, this.#claim(), true, signal)) as Hold;
  }

  /** undefined where somebody else has it. */
  tryAcquire({ signal }: WaitOptions = {}): Promise<Hold | undefined> {
    return contend(this.#zk, this.#claim(), false, signal);
  }

  /** Holder and waiters, in their order. */
  contenders(): Promise<Contender[]> {
    return contendersOf(this.#zk, this.path, (name) => placeOf(name, ['lock']));
  }

  #claim(): Claim {
    return {
      parent: this.path,
      prefix: namePrefix(this.#layout, 'lock', this.#zk.uniqueId()),
      value: this.#value,
      placeOf: (name) => placeOf(name, ['lock']),
    };
  }
}
