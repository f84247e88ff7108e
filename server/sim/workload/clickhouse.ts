import type { Action, DialectStep, Operation } from '../history/operation.ts';
import type { Prng } from '../prng.ts';
import type { ActionSource } from './client.ts';

/** Below it nodes come and go by what ClickHouse Keeper writes beside ZooKeeper's operations. */
export const CLICKHOUSE = '/clickhouse';
const NAMES = ['a', 'b', 'c'];
const MAX_DEPTH = 3;
const MAX_STEPS = 4;

/** What a client of ClickHouse asks for next: small trees that all such clients make and tear down. */
export class ClickHouse implements ActionSource {
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
    const path = this.#path();
    const watch = prng.chance(0.4);
    const roll = prng.below(100);
    if (roll < 50) return [{ kind: 'dialect', path, steps: [this.#alone(path)] }];
    if (roll < 68) {
      const count = 2 + prng.below(MAX_STEPS - 1);
      return [
        { kind: 'dialect', path, steps: Array.from({ length: count }, () => this.#step(this.#path())) },
      ];
    }
    if (roll < 78)
      return [{ kind: 'children', path: prng.chance(0.5) ? CLICKHOUSE : path, watch, isFiltered: true }];
    if (roll < 88) return [{ kind: 'exists', path, watch }];
    if (roll < 91) return [{ kind: 'addWatch', path: CLICKHOUSE, recursive: watch }];
    if (roll < 92) return [{ kind: 'removeWatches', path: CLICKHOUSE }];
    return [
      { kind: 'sync', path },
      { kind: 'exists', path },
    ];
  }

  learn(_operation: Operation): void {}

  /** Each of them may be asked for twice, which is what they are for. */
  lost(action: Action): void {
    if (action.kind === 'dialect' && this.#prng.chance(0.7)) this.#again.push(action);
  }

  #path(): string {
    const depth = 1 + this.#prng.below(MAX_DEPTH);
    return [CLICKHOUSE, ...Array.from({ length: depth }, () => this.#prng.pick(NAMES))].join('/');
  }

  #alone(path: string): DialectStep {
    const step = this.#step(path);
    // By itself a check is a read.
    return step.do === 'checkNotExists' ? { do: 'tryRemove', path } : step;
  }

  #step(path: string): DialectStep {
    const prng = this.#prng;
    const roll = prng.below(100);
    if (roll < 55) {
      const isEphemeral = prng.chance(0.15);
      return { do: 'createIfNotExists', path, value: `${this.#client}-${this.#count++}`, isEphemeral };
    }
    if (roll < 70) return { do: 'tryRemove', path };
    if (roll < 92) return { do: 'removeRecursive', path, limit: prng.pick([1, 2, 3, 100]) };
    return { do: 'checkNotExists', path };
  }
}
