import type { Action, Operation } from '../history/operation.ts';
import type { Prng } from '../prng.ts';
import type { ActionSource } from './client.ts';
import { openToChange, randomAcl } from './users.ts';

/** Below it nodes have access lists, and its own list says who makes and deletes them. */
export const VAULT = '/vault';
const BOX_COUNT = 5;

export const boxPaths: readonly string[] = Array.from({ length: BOX_COUNT }, (_, at) => `${VAULT}/${at}`);

/** What a client asks for next that uses access lists: a few nodes that all such clients share, and that some of them may not touch. */
export class Keeper implements ActionSource {
  readonly #client: number;
  readonly #prng: Prng;
  readonly #again: Action[] = [];
  #count = 0;

  constructor(client: number, prng: Prng) {
    this.#client = client;
    this.#prng = prng;
  }

  next(): readonly Action[] {
    const prng = this.#prng;
    const again = this.#again.shift();
    if (again !== undefined) return [again];
    const path = prng.pick(boxPaths);
    const roll = prng.below(100);
    if (roll < 22)
      return [{ kind: 'create', path, value: this.#value(), acl: randomAcl(prng, this.#client) }];
    if (roll < 40) return [{ kind: 'set', path, value: this.#value(), version: -1 }];
    if (roll < 52) return [{ kind: 'delete', path, version: -1 }];
    if (roll < 66) return [{ kind: 'get', path }];
    if (roll < 70) return [{ kind: 'exists', path }];
    if (roll < 80) return [{ kind: 'setAcl', path, acl: randomAcl(prng, this.#client) }];
    if (roll < 83) return [{ kind: 'setAcl', path: VAULT, acl: openToChange(randomAcl(prng, this.#client)) }];
    if (roll < 90) return [{ kind: 'getAcl', path: prng.chance(0.2) ? VAULT : path }];
    if (roll < 93) return [{ kind: 'children', path: VAULT }];
    if (roll < 97) return [{ kind: 'whoAmI' }];
    return [
      { kind: 'sync', path },
      { kind: 'get', path },
    ];
  }

  learn(_operation: Operation): void {}

  /** What was on its way is asked for again over the next connection, which has to prove everything anew. */
  lost(action: Action): void {
    if (action.kind !== 'create' && action.kind !== 'set' && this.#prng.chance(0.5)) this.#again.push(action);
  }

  #value(): string {
    return `${this.#client}-${this.#count++}`;
  }
}
