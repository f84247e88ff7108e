/** Upper bounds of durations, in milliseconds: from what a turn of the loop takes to what nobody waits for. */
export const DURATION_BOUNDS_MS: readonly number[] = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];

/** How many values were below each bound, and their sum: percentiles can be told from it, over many members and any time. */
export class Histogram {
  readonly bounds: readonly number[];
  /** How many were above the bound before, up to this one; the last: above all bounds. */
  readonly counts: Float64Array;
  count = 0;
  sum = 0;
  /** 0 where there were none. */
  min = 0;
  max = 0;

  /** `bounds` ascend. */
  constructor(bounds: readonly number[] = DURATION_BOUNDS_MS) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.counts[at]!++;
    if (value < this.min || this.count === 0) this.min = value;
    if (value > this.max) this.max = value;
    this.count++;
    this.sum += value;
  }

  /** A bound that this part of all values, 0 to 1, does not exceed: the least that there is, and never more than the greatest value. */
  quantile(part: number): number {
    let below = 0;
    for (const [at, bound] of this.bounds.entries()) {
      below += this.counts[at]!;
      if (below >= part * this.count) return Math.min(bound, this.max);
    }
    return this.max;
  }

  /** Of histograms with the same bounds, one of all their values. */
  static sum(histograms: readonly Histogram[]): Histogram {
    const all = new Histogram(histograms[0]?.bounds);
    for (const { counts, count, sum, min, max } of histograms) {
      if (count === 0) continue;
      for (const [at, own] of counts.entries()) all.counts[at]! += own;
      all.min = all.count === 0 ? min : Math.min(all.min, min);
      all.max = Math.max(all.max, max);
      all.count += count;
      all.sum += sum;
    }
    return all;
  }
}
