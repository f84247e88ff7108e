import type { Value } from '../calls/value.ts';
import type { Client } from '../client.ts';
import { type Contender, contendersOf } from './contenders.ts';
import { contend } from './contention.ts';
import type { Hold } from './hold.ts';
import { type Layout, namePrefix, type Purpose, placeOf } from './layout.ts';

export interface LockOptions {
  /** Whose programs it is shared with: Curator's, where it is not said, or kazoo's. */
  readonly layout?: Layout | undefined;
  /** What stands in a contender's node, for people. */
  readonly value?: Value | undefined;
}

/** Those who wait at one node for their turn, by names that say what each of them wants. */
export class Line {
  readonly #zk: Client;
  readonly #path: string;
  readonly #layout: Layout;
  readonly #value: Value;

  constructor(zk: Client, path: string, options: LockOptions) {
    this.#zk = zk;
    this.#path = path;
    this.#layout = options.layout ?? 'curator';
    this.#value = options.value ?? '';
  }

  /** Waits until nobody is before it who stands in its way. Rejects with the signal's reason, or with a CoordinationError that another try would not mend. */
  async wait(purpose: Purpose, inTheWay: readonly Purpose[], signal: AbortSignal | undefined): Promise<Hold> {
    // It waits, so there is one.
    return (await this.#contend(purpose, inTheWay, true, signal)) as Hold;
  }

  /** undefined where somebody is. */
  try(
    purpose: Purpose,
    inTheWay: readonly Purpose[],
    signal: AbortSignal | undefined,
  ): Promise<Hold | undefined> {
    return this.#contend(purpose, inTheWay, false, signal);
  }

  /** In their order. */
  contenders(purposes: readonly Purpose[]): Promise<Contender[]> {
    return contendersOf(this.#zk, this.#path, (name) => placeOf(name, purposes));
  }

  #contend(
    purpose: Purpose,
    inTheWay: readonly Purpose[],
    waits: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Hold | undefined> {
    const claim = {
      parent: this.#path,
      prefix: namePrefix(this.#layout, purpose, this.#zk.uniqueId()),
      value: this.#value,
      placeOf: (name: string) => placeOf(name, inTheWay),
    };
    return contend(this.#zk, claim, waits, signal);
  }
}
