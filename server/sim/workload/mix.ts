import type { Action, Operation, Part } from '../history/operation.ts';
import type { Prng } from '../prng.ts';
import type { ActionSource } from './client.ts';

export const REGISTERS = '/r';
/** Below it each node is created once, by a name of its own, and never deleted. */
export const LEDGER = '/ledger';
export const SEQUENCE = '/seq';
const REGISTER_COUNT = 8;

/** What must exist before the others begin. */
export const FOUNDATIONS = [REGISTERS, LEDGER, SEQUENCE] as const;

export const registerPaths: readonly string[] = Array.from(
  { length: REGISTER_COUNT },
  (_, at) => `${REGISTERS}/${at}`,
);

/** What one client asks for next: mostly changes of a few nodes that all clients share. */
export class Mix implements ActionSource {
  readonly #client: number;
  readonly #prng: Prng;
  /** Versions as the last replies showed them, for conditional writes that have a chance. */
  readonly #versions = new Map<string, number>();
  #count = 0;

  constructor(client: number, prng: Prng) {
    this.#client = client;
    this.#prng = prng;
  }

  next(): readonly Action[] {
    const prng = this.#prng;
    const path = prng.pick(registerPaths);
    const roll = prng.below(100);
    if (roll < 20) return [{ kind: 'set', path, value: this.#value(), version: -1 }];
    if (roll < 30) return [{ kind: 'set', path, value: this.#value(), version: this.#version(path) }];
    if (roll < 39) return [{ kind: 'create', path, value: this.#value() }];
    if (roll < 45) return [{ kind: 'delete', path, version: prng.chance(0.5) ? -1 : this.#version(path) }];
    if (roll < 58) return [{ kind: 'get', path }];
    if (roll < 62) return [{ kind: 'exists', path }];
    if (roll < 72) return [this.#sequential()];
    if (roll < 80) return [this.#entry()];
    if (roll < 82) return [{ kind: 'children', path: prng.pick([LEDGER, SEQUENCE]) }];
    if (roll < 91) return this.#freshRead(path);
    return [{ kind: 'multi', parts: this.#parts() }];
  }

  learn({ action, result }: Operation): void {
    if ('path' in action && result.kind === 'ok' && result.stat !== undefined) {
      this.#versions.set(action.path, result.stat.version);
    }
  }

  #value(): string {
    return `${this.#client}-${this.#count++}`;
  }

  #version(path: string): number {
    return this.#versions.get(path) ?? 0;
  }

  #sequential(): Action {
    const value = this.#value();
    return { kind: 'createSequential', path: `${SEQUENCE}/${value}-`, value };
  }

  #entry(): Action {
    const value = this.#value();
    return { kind: 'create', path: `${LEDGER}/${value}`, value };
  }

  #freshRead(path: string): Action[] {
    const read: Action = this.#prng.chance(0.2)
      ? { kind: 'children', path: this.#prng.pick([LEDGER, SEQUENCE]) }
      : { kind: 'get', path };
    return [{ kind: 'sync', path }, read];
  }

  #parts(): Part[] {
    const first = this.#prng.below(REGISTER_COUNT);
    const count = 2 + this.#prng.below(2);
    return Array.from({ length: count }, (_, at) =>
      this.#part(registerPaths[(first + at) % REGISTER_COUNT] as string),
    );
  }

  #part(path: string): Part {
    const version = this.#prng.chance(0.6) ? -1 : this.#version(path);
    switch (this.#prng.below(5)) {
      case 0:
        return { kind: 'create', path, value: this.#value() };
      case 1:
        return { kind: 'delete', path, version };
      case 2:
        return { kind: 'check', path, version };
      default:
        return { kind: 'set', path, value: this.#value(), version };
    }
  }
}
