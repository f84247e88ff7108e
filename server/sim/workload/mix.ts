import type { WatchEvent } from '../checks/watch-checker.ts';
import type { Action, Operation, Part } from '../history/operation.ts';
import { EventType } from '../oracle/tree-history.ts';
import type { Prng } from '../prng.ts';
import type { ActionSource } from './client.ts';
import { heaviest, type Weights, weigh } from './value.ts';

export const REGISTERS = '/r';
/** Below it each node is created once, by a name of its own, and never deleted. */
export const LEDGER = '/ledger';
export const SEQUENCE = '/seq';
/** Names that clients contend for, held as long as the holder's session lasts; and a queue of such nodes. */
export const LOBBY = '/lobby';
export const QUEUE = '/queue';
export const SHORT_LIVED = [LOBBY, QUEUE] as const;
const REGISTER_COUNT = 8;
const SEAT_COUNT = 5;
/** Parts of a multi. */
const MAX_PARTS = 3;
/** Of the sets: as heavy as a request may be at most, and one byte heavier, which members refuse by closing the connection. */
const HEAVIEST_RATE = 0.01;
const TOO_HEAVY_RATE = 0.001;

/** What must exist before the others begin. */
export const FOUNDATIONS = [REGISTERS, LEDGER, SEQUENCE, LOBBY, QUEUE] as const;

export const registerPaths: readonly string[] = Array.from(
  { length: REGISTER_COUNT },
  (_, at) => `${REGISTERS}/${at}`,
);

/** What one client asks for next: mostly changes of a few nodes that all clients share. */
export class Mix implements ActionSource {
  readonly #client: number;
  readonly #prng: Prng;
  readonly #weights: Weights;
  /** Versions as the last replies showed them, for conditional writes that have a chance. */
  readonly #versions = new Map<string, number>();
  /** To be asked before anything else: what was lost and may be asked twice, and what a watch has told of. */
  readonly #again: Action[] = [];
  /** A sequential ephemeral that it may delete. */
  #place: string | undefined;
  #count = 0;

  constructor(client: number, prng: Prng, weights: Weights) {
    this.#client = client;
    this.#prng = prng;
    this.#weights = weights;
  }

  next(): readonly Action[] {
    const prng = this.#prng;
    const again = this.#again.shift();
    if (again !== undefined) return [again];
    const path = prng.pick(registerPaths);
    const watch = prng.chance(0.4);
    const roll = prng.below(130);
    if (roll < 20) return [{ kind: 'set', path, value: this.#newValue(path), version: -1 }];
    if (roll < 30) return [{ kind: 'set', path, value: this.#newValue(path), version: this.#version(path) }];
    if (roll < 39) return [{ kind: 'create', path, value: this.#value(path) }];
    if (roll < 45) return [{ kind: 'delete', path, version: prng.chance(0.5) ? -1 : this.#version(path) }];
    if (roll < 58) return [{ kind: 'get', path, watch }];
    if (roll < 62) return [{ kind: 'exists', path, watch }];
    if (roll < 72) return [this.#sequential()];
    if (roll < 80) return [this.#entry()];
    if (roll < 82) return [{ kind: 'children', path: prng.pick([LEDGER, SEQUENCE]) }];
    if (roll < 91) return this.#freshRead(path);
    if (roll < 100) return [{ kind: 'multi', parts: this.#parts() }];
    if (roll < 122) return [this.#shortLived()];
    if (roll < 126) return [{ kind: 'children', path: prng.pick([LOBBY, QUEUE, REGISTERS]), watch }];
    if (roll < 128) return [{ kind: 'addWatch', path: prng.pick([path, ...SHORT_LIVED]), recursive: watch }];
    return [{ kind: 'removeWatches', path }];
  }

  learn({ action, result }: Operation): void {
    if (!('path' in action) || result.kind !== 'ok') return;
    if (result.stat !== undefined) this.#versions.set(action.path, result.stat.version);
    if (action.kind === 'createEphemeral' && action.sequential) this.#place = result.path;
  }

  /** Reads may be asked again; so may the creation of a node that only its session can have made. */
  lost(action: Action): void {
    if (this.#prng.chance(0.3)) return;
    switch (action.kind) {
      case 'get':
      case 'exists':
      case 'children':
      case 'sync':
        this.#again.push(action);
        break;
      case 'createEphemeral':
        if (!action.sequential) this.#again.push({ ...action, value: this.#anonymous(action.path) });
        break;
      default:
    }
  }

  /** As recipes do: reads what has changed, and asks to be told of the next change. */
  told({ type, path }: WatchEvent): void {
    if (this.#prng.chance(0.4)) return;
    if (type === EventType.children) this.#again.push({ kind: 'children', path, watch: true });
    else if (type === EventType.deleted) this.#again.push({ kind: 'exists', path, watch: true });
    else this.#again.push({ kind: 'get', path, watch: true });
  }

  #shortLived(): Action {
    const prng = this.#prng;
    const seat = `${LOBBY}/${prng.below(SEAT_COUNT)}`;
    const roll = prng.below(10);
    if (roll < 3)
      return { kind: 'createEphemeral', path: seat, value: this.#anonymous(seat), sequential: false };
    if (roll < 5) {
      const path = `${QUEUE}/n-`;
      return { kind: 'createEphemeral', path, value: this.#anonymous(path), sequential: true };
    }
    const watch = prng.chance(0.6);
    if (roll < 7) return { kind: 'exists', path: seat, watch };
    if (roll < 9) return { kind: 'get', path: seat, watch };
    const place = this.#place;
    this.#place = undefined;
    return { kind: 'delete', path: place ?? seat, version: -1 };
  }

  #name(): string {
    return `${this.#client}-${this.#count++}`;
  }

  #value(path: string, parts = 1): string {
    return weigh(this.#name(), path, this.#weights, this.#prng, parts);
  }

  /** Up to the edge of what a request may be, and beyond. */
  #newValue(path: string): string {
    const roll = this.#prng.fraction();
    if (roll > HEAVIEST_RATE + TOO_HEAVY_RATE) return this.#value(path);
    return heaviest(this.#name(), path, this.#weights, roll < TOO_HEAVY_RATE ? 1 : 0);
  }

  /** Of a node of which no read has to tell who wrote it: it may be empty, too. */
  #anonymous(path: string): string {
    return this.#prng.chance(0.2) ? `${this.#name()}+0` : this.#value(path);
  }

  #version(path: string): number {
    return this.#versions.get(path) ?? 0;
  }

  #sequential(): Action {
    const path = `${SEQUENCE}/${this.#name()}-`;
    return { kind: 'createSequential', path, value: this.#anonymous(path) };
  }

  #entry(): Action {
    const path = `${LEDGER}/${this.#name()}`;
    return { kind: 'create', path, value: this.#anonymous(path) };
  }

  #freshRead(path: string): Action[] {
    const read: Action = this.#prng.chance(0.2)
      ? { kind: 'children', path: this.#prng.pick([LEDGER, SEQUENCE]) }
      : { kind: 'get', path };
    return [{ kind: 'sync', path }, read];
  }

  #parts(): Part[] {
    const first = this.#prng.below(REGISTER_COUNT);
    const count = 2 + this.#prng.below(MAX_PARTS - 1);
    return Array.from({ length: count }, (_, at) =>
      this.#part(registerPaths[(first + at) % REGISTER_COUNT] as string),
    );
  }

  #part(path: string): Part {
    const version = this.#prng.chance(0.6) ? -1 : this.#version(path);
    switch (this.#prng.below(5)) {
      case 0:
        return { kind: 'create', path, value: this.#value(path, MAX_PARTS) };
      case 1:
        return { kind: 'delete', path, version };
      case 2:
        return { kind: 'check', path, version };
      default:
        return { kind: 'set', path, value: this.#value(path, MAX_PARTS), version };
    }
  }
}
