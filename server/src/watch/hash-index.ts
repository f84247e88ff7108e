import { putCell, removeCell, twiceTheCells, wantsMoreCells } from '../tree/hash-cells.ts';

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
    if (wantsMoreCells(this.#cells, this.#count)) this.#cells = twiceTheCells(this.#cells);
    putCell(this.#cells, hash, row + 1);
    this.#count++;
  }

  /** The row must be there under this hash. */
  remove(hash: number, row: number): void {
    removeCell(this.#cells, hash, row + 1);
    this.#count--;
  }

  #seek(hash: number, from: number): number {
    const cells = this.#cells;
    const mask = cells.length - 1;
    for (let at = from; cells[at + 1] !== 0; at = (at + 2) & mask) if (cells[at] === hash) return at;
    return NO_CELL;
  }
}
