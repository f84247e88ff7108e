/**
 * Counts of durations in whole microseconds, in buckets whose width is at most 1/128 of their value:
 *
 *     0 1 2 … 127 | 128 129 … 255 | 256 258 … 510 | 512 516 … 1020 | …
 *
 * The largest countable value is 2^32 − 1 µs (71 minutes); longer ones count as that.
 */
const SUB_BUCKET_BITS = 7;
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
const BUCKETS = (31 - SUB_BUCKET_BITS + 2) * SUB_BUCKETS;
const MAX_MICROS = 0xffff_ffff;

export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #max = 0;

  record(micros: number): void {
    const value = micros > MAX_MICROS ? MAX_MICROS : micros >>> 0;
    this.#counts[bucketOf(value)]! += 1;
    this.#total += 1;
    if (value > this.#max) this.#max = value;
  }

  get total(): number {
    return this.#total;
  }

  get maxMicros(): number {
    return this.#max;
  }

  /** The value below which at least `share` (0 to 1) of the recorded ones lie, in µs; 0 when empty. */
  percentileMicros(share: number): number {
    const rank = Math.ceil(share * this.#total);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank && seen > 0) return Math.min(highestOf(bucket), this.#max);
    }
    return 0;
  }
}

function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const shift = 31 - Math.clz32(value) - SUB_BUCKET_BITS;
  return (shift << SUB_BUCKET_BITS) + (value >>> shift);
}

function highestOf(bucket: number): number {
  if (bucket < 2 * SUB_BUCKETS) return bucket;
  const shift = (bucket >>> SUB_BUCKET_BITS) - 1;
  const first = bucket - (shift << SUB_BUCKET_BITS);
  return (first + 1) * 2 ** shift - 1;
}
