const FIRST_CELLS = 64;

/** No cell holds this hash. */
export const NO_CELL = -1;

/**
 * From a hash to the rows that have it: open addressing with linear probing. Whether a row is the wanted one is for the caller, who
 * goes from `first` to `next` until it is:
 *
 *   cells:  … | hash, row + 1 | hash, row + 1 | 0, 0 (empty) | …
 *
 * An empty cell, or another hash in its place, is all that most lookups of what is not there touch.
 */
export class HashIndex {
  #cells = new Int32Array(2 * FIRST_CELLS);
  #count = 0;

  get allocatedBytes(): number {
    return this.#cells.byteLength;
  }

  /** The first cell with this hash, or NO_CELL. Valid until the next change. */
  first(hash: number): number {
    return this.#seek(hash, (hash << 1) & (this.#cells.length - 1));
  }

  next(hash: number, cell: number): number {
    return this.#seek(hash, (cell + 2) & (this.#cells.length - 1));
  }

  row(cell: number): number {
    return this.#cells[cell + 1]! - 1;
  }

  insert(hash: number, row: number): void {
    // At most 3/4 full.
    if ((this.#count + 1) * 8 > this.#cells.length * 3) this.#grow();
    put(this.#cells, hash, row + 1);
    this.#count++;
  }

  /** The row must be there under this hash. */
  remove(hash: number, row: number): void {
    const cells = this.#cells;
    const mask = cells.length - 1;
    let hole = (hash << 1) & mask;
    for (; cells[hole + 1] !== row + 1; hole = (hole + 2) & mask) {
      if (cells[hole + 1] === 0) throw new Error(`row ${row} is not in the index under its hash`);
    }
    // Closes the gap: a later cell moves into it unless that lies before the cell's own home.
    for (let at = (hole + 2) & mask; cells[at + 1] !== 0; at = (at + 2) & mask) {
      const home = (cells[at]! << 1) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        cells[hole] = cells[at]!;
        cells[hole + 1] = cells[at + 1]!;
        hole = at;
      }
    }
    cells[hole + 1] = 0;
    this.#count--;
  }

  #seek(hash: number, from: number): number {
    const cells = this.#cells;
    const mask = cells.length - 1;
    for (let at = from; cells[at + 1] !== 0; at = (at + 2) & mask) if (cells[at] === hash) return at;
    return NO_CELL;
  }

  #grow(): void {
    const old = this.#cells;
    const cells = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) put(cells, old[at]!, old[at + 1]!);
    this.#cells = cells;
  }
}

function put(cells: Int32Array, hash: number, value: number): void {
  const mask = cells.length - 1;
  let at = (hash << 1) & mask;
  while (cells[at + 1] !== 0) at = (at + 2) & mask;
  cells[at] = hash;
  cells[at + 1] = value;
}
