/** Distance in a segment after which another point is kept: what a read skips at most. */
export const POINT_SPACING_BYTES = 64 * 1024;

/** Where entries begin on disk. */
export interface LogPoint {
  readonly firstIndex: number;
  readonly sequence: number;
  /** Of the record whose first entry is firstIndex. */
  readonly offset: number;
  /** Checksum before that record. */
  readonly chain: number;
}

/**
 * A sparse map from index to place, ascending in both:
 *
 *     points     (5, log 1 @ 144)   (900, log 1 @ 65,790)   (1700, log 2 @ 144)
 *     entries     5 … 899            900 … 1699              1700 … last
 *
 * From one point to the next there are only consecutive entries of one segment: where a record replaces a tail, the points of
 * that tail go and the record gets a point of its own. So replaced entries, which are still in the file, are never reached.
 */
export class LogIndex {
  #points: LogPoint[] = [];

  /** A record of entries was appended; `truncates` where its first index is not the one after the last. */
  appended(firstIndex: number, truncates: boolean, sequence: number, offset: number, chain: number): void {
    if (truncates) this.#truncateFrom(firstIndex);
    const last = this.#points.at(-1);
    if (
      last === undefined ||
      truncates ||
      last.sequence !== sequence ||
      offset - last.offset >= POINT_SPACING_BYTES
    ) {
      this.#points.push({ firstIndex, sequence, offset, chain });
    }
  }

  clear(): void {
    this.#points = [];
  }

  /** The older segments are gone. */
  dropBefore(sequence: number): void {
    this.#points = this.#points.filter((point) => point.sequence >= sequence);
  }

  /** Position in the list of the point from which `index` is reached; -1 where none is. */
  find(index: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#points[middle]!.firstIndex <= index) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  at(position: number): LogPoint | undefined {
    return this.#points[position];
  }

  #truncateFrom(index: number): void {
    while (this.#points.length > 0 && this.#points.at(-1)!.firstIndex >= index) this.#points.pop();
  }
}
