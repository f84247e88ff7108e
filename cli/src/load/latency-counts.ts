/** Each bucket is larger than the one before by this: percentiles are right to within it. */
const GROWTH = 1.02;
const LEAST_MS = 0.001;

/** How often which latency was met, in little memory whatever their number. */
export class LatencyCounts {
  readonly #counts: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log(GROWTH)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
  }

  /** Milliseconds, below which that part of all is; undefined: there is none. */
  quantile(part: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(part * this.#count));
    let below = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      below += this.#counts[bucket] ?? 0;
      if (below >= rank) return LEAST_MS * GROWTH ** bucket;
    }
    return undefined;
  }
}
