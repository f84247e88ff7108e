import type { Prng } from '../prng.ts';

/** One call that a process makes of its disk. */
export interface DiskCall {
  readonly kind: DiskCallKind;
  readonly name: string;
  /** Counts the calls of the volume, from 1. */
  readonly number: number;
}

export type DiskCallKind =
  | 'append'
  | 'write'
  | 'sync'
  | 'allocate'
  | 'read'
  | 'size'
  | 'open'
  | 'create'
  | 'rename'
  | 'remove'
  | 'list'
  | 'create-folder'
  | 'sync-folder'
  | 'free-bytes';

/** What becomes of a call. */
export interface CallFate {
  readonly delayMs?: number;
  /** The system's code with which it fails; a failed append, write or sync leaves unknown what reached the disk. */
  readonly error?: string;
  /** The machine stops: before the call has any effect, while it is under way, or after it is done and before anybody hears of it. */
  readonly crash?: 'before' | 'during' | 'after';
}

export type DecideFate = (call: DiskCall) => CallFate;

export const allIsWell: DecideFate = () => ({});

/** Rates in [0, 1], times in milliseconds. */
export interface FaultRates {
  latencyMs: number;
  slowRate: number;
  slowMs: number;
  /** Added to each call that waits for the platter. */
  syncMs: number;
  writeErrorRate: number;
  syncErrorRate: number;
  /** Files cannot be opened: the process has no descriptor left. */
  descriptorErrorRate: number;
}

export const healthy: FaultRates = {
  latencyMs: 0.2,
  slowRate: 0,
  slowMs: 0,
  syncMs: 0,
  writeErrorRate: 0,
  syncErrorRate: 0,
  descriptorErrorRate: 0,
};

const writing: ReadonlySet<DiskCallKind> = new Set(['append', 'write']);
const syncing: ReadonlySet<DiskCallKind> = new Set(['append', 'sync', 'allocate', 'sync-folder']);
const opening: ReadonlySet<DiskCallKind> = new Set(['open', 'create']);

/** Fates by chance, at rates that may be changed while the disk is used. */
export class RandomFaults {
  rates: FaultRates;
  readonly #prng: Prng;
  slowCalls = 0;
  failedCalls = 0;
  refusedDescriptors = 0;

  constructor(prng: Prng, rates: FaultRates = healthy) {
    this.#prng = prng;
    this.rates = rates;
  }

  readonly decide: DecideFate = ({ kind }) => {
    const prng = this.#prng;
    const { rates } = this;
    let delayMs = prng.between(rates.latencyMs / 2, rates.latencyMs * 1.5);
    if (prng.chance(rates.slowRate)) {
      delayMs += prng.between(0, rates.slowMs);
      this.slowCalls++;
    }
    if (rates.syncMs > 0 && syncing.has(kind)) delayMs += prng.between(rates.syncMs / 2, rates.syncMs * 1.5);
    if (opening.has(kind) && prng.chance(rates.descriptorErrorRate)) {
      this.refusedDescriptors++;
      return { delayMs, error: 'EMFILE' };
    }
    const isFailing =
      (writing.has(kind) && prng.chance(rates.writeErrorRate)) ||
      (syncing.has(kind) && prng.chance(rates.syncErrorRate));
    if (!isFailing) return { delayMs };
    this.failedCalls++;
    return { delayMs, error: 'EIO' };
  };
}
