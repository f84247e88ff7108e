const CHUNK_SHIFT = 10;
const CHUNK_ROWS = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_ROWS - 1;

export const NO_ROW = -1;

/**
 * Rows of a few integers each, known by their number, in chunks that never move: a hundred thousand rows are no objects at all.
 * Free rows are linked through their first integer.
 */
export class IntRows {
  readonly #chunks: Int32Array[] = [];
  readonly #widthShift: number;
  #highWater = 0;
  #firstFree = NO_ROW;

  /** A row has 2^`widthShift` integers. */
  constructor(widthShift: number) {
    this.#widthShift = widthShift;
  }

  /** Memory held, in bytes. */
  get allocatedBytes(): number {
    return (this.#chunks.length * CHUNK_ROWS * 4) << this.#widthShift;
  }

  get(row: number, field: number): number {
    return this.#chunks[row >> CHUNK_SHIFT]![((row & CHUNK_MASK) << this.#widthShift) + field]!;
  }

  set(row: number, field: number, value: number): void {
    this.#chunks[row >> CHUNK_SHIFT]![((row & CHUNK_MASK) << this.#widthShift) + field] = value;
  }

  /** A row of undefined content. */
  allocate(): number {
    const row = this.#firstFree;
    if (row !== NO_ROW) {
      this.#firstFree = this.get(row, 0);
      return row;
    }
    const fresh = this.#highWater++;
    if (fresh >> CHUNK_SHIFT === this.#chunks.length) {
      this.#chunks.push(new Int32Array(CHUNK_ROWS << this.#widthShift));
    }
    return fresh;
  }

  release(row: number): void {
    this.set(row, 0, this.#firstFree);
    this.#firstFree = row;
  }
}
