import type { Random } from './ports.ts';

export interface BackoffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** first · 2^tries, at most `mostMs`; without jitter, as the queue does it. */
export function exponentialMs({ firstMs, mostMs }: BackoffLimits, tries: number): number {
  // Beyond 2^40 doubling says nothing new, and Infinity would.
  return Math.min(mostMs, firstMs * 2 ** Math.min(tries, 40));
}

/** Delays that double from try to try, each drawn from [d, 2d) so that many processes do not come back at the same moment. Never gives up. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: Random;
  #tries = 0;

  constructor(limits: BackoffLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** The next delay: below twice `mostMs`, and at least what the API server asked for, if it did. */
  nextMs(askedMs = 0): number {
    const delayMs = exponentialMs(this.#limits, this.#tries) * (1 + this.#random());
    this.#tries++;
    return Math.max(delayMs, askedMs);
  }

  reset(): void {
    this.#tries = 0;
  }
}
