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
    this.count++;
    this.sum += value;
  }
}
