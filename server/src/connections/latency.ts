import { OpCode } from '@rookery/protocol';
import { Histogram } from '../model/histogram.ts';

/** The smallest and the greatest number of an operation that is replied to. */
const FIRST = OpCode.setIdentities;
const LAST = OpCode.whoAmI;

/**
 * How long requests took from the socket to the reply: their least, average and most since the start or the last reset, and for each operation a
 * histogram since the start.
 */
export class Latency {
  #count = 0;
  #totalMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = 0;
  readonly #histograms: (Histogram | undefined)[] = new Array(LAST - FIRST + 1).fill(undefined);

  /** `op`: an OpCode, or a number that no operation has. */
  record(op: number, ms: number): void {
    this.#count++;
    this.#totalMs += ms;
    if (ms < this.#minMs) this.#minMs = ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
    if (op >= FIRST && op <= LAST) this.#histogramOf(op).observe(ms);
  }

  #histogramOf(op: number): Histogram {
    const found = this.#histograms[op - FIRST];
    if (found !== undefined) return found;
    const histogram = new Histogram();
    this.#histograms[op - FIRST] = histogram;
    return histogram;
  }

  /** Of each operation that was replied to, in milliseconds. */
  *byOperation(): Generator<readonly [op: number, histogram: Histogram]> {
    for (const [at, histogram] of this.#histograms.entries())
      if (histogram !== undefined) yield [FIRST + at, histogram];
  }

  /** Forgets all but the histograms: what metrics count goes on. */
  reset(): void {
    this.#count = 0;
    this.#totalMs = 0;
    this.#minMs = Number.POSITIVE_INFINITY;
    this.#maxMs = 0;
  }

  summary(): { minMs: number; avgMs: number; maxMs: number } {
    if (this.#count === 0) return { minMs: 0, avgMs: 0, maxMs: 0 };
    return {
      minMs: Math.round(this.#minMs),
      avgMs: this.#totalMs / this.#count,
      maxMs: Math.round(this.#maxMs),
    };
  }
}
