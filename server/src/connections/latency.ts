import { OpCode } from '@rookery/protocol';
import { Histogram } from '../model/histogram.ts';

/** The smallest and the greatest number of an operation that is replied to, of ZooKeeper's and ours, and of ClickHouse Keeper's. */
const FIRST = OpCode.setIdentities;
const LAST = OpCode.whoAmI;
const FIRST_OF_KEEPER = OpCode.filteredList;
const LAST_OF_KEEPER = OpCode.listRecursive;
const PLACES = LAST - FIRST + 1;
const ALL_PLACES = PLACES + LAST_OF_KEEPER - FIRST_OF_KEEPER + 1;

/**
 * How long requests took from the socket to the reply: their least, average and most since the start or the last reset, and for each operation a
 * histogram since the start.
 */
export class Latency {
  #count = 0;
  #totalMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = 0;
  readonly #histograms: (Histogram | undefined)[] = new Array(ALL_PLACES).fill(undefined);

  /** `op`: an OpCode, or a number that no operation has. */
  record(op: number, ms: number): void {
    this.#count++;
    this.#totalMs += ms;
    if (ms < this.#minMs) this.#minMs = ms;
    if (ms > this.#maxMs) this.#maxMs = ms;
    const place = placeOf(op);
    if (place >= 0) this.#histogramAt(place).observe(ms);
  }

  #histogramAt(place: number): Histogram {
    const found = this.#histograms[place];
    if (found !== undefined) return found;
    const histogram = new Histogram();
    this.#histograms[place] = histogram;
    return histogram;
  }

  /** Of each operation that was replied to, in milliseconds. */
  *byOperation(): Generator<readonly [op: number, histogram: Histogram]> {
    for (const [at, histogram] of this.#histograms.entries())
      if (histogram !== undefined)
        yield [at < PLACES ? FIRST + at : FIRST_OF_KEEPER + at - PLACES, histogram];
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

/** −1 of a number that no operation has. */
function placeOf(op: number): number {
  if (op >= FIRST && op <= LAST) return op - FIRST;
  return op >= FIRST_OF_KEEPER && op <= LAST_OF_KEEPER ? PLACES + op - FIRST_OF_KEEPER : -1;
}
