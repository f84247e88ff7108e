import { decodeUtf8, equalBytes } from '@rookery/protocol';
import { ByteStore } from '../tree/byte-store.ts';
import { PathHasher } from '../tree/path-hasher.ts';
import { HashIndex, NO_CELL } from './hash-index.ts';
import { IntRows, NO_ROW } from './int-rows.ts';

const Field = { hash: 0, ref: 1, length: 2, firstWatch: 3 } as const;
const WIDTH_SHIFT = 2;

/** The paths that somebody watches, whether there is such a node or not, each with the first of its watches. */
export class WatchedPaths {
  readonly #rows = new IntRows(WIDTH_SHIFT);
  readonly #index = new HashIndex();
  readonly #bytes = new ByteStore();
  readonly #hasher: PathHasher;
  count = 0;

  constructor(hashSeed: number) {
    this.#hasher = new PathHasher(hashSeed);
  }

  get allocatedBytes(): number {
    return this.#rows.allocatedBytes + this.#index.allocatedBytes + this.#bytes.allocatedBytes;
  }

  /** NO_ROW where nobody watches this path. */
  find(path: Uint8Array, start: number, end: number): number {
    return this.#find(this.#hasher.hash(path, start, end), path, start, end);
  }

  /** The path's row, made where there is none: it has no watch then. */
  rowFor(path: Uint8Array, start: number, end: number): number {
    const hash = this.#hasher.hash(path, start, end);
    const found = this.#find(hash, path, start, end);
    if (found !== NO_ROW) return found;
    const row = this.#rows.allocate();
    this.#rows.set(row, Field.hash, hash);
    this.#rows.set(row, Field.ref, this.#bytes.store(path, start, end));
    this.#rows.set(row, Field.length, end - start);
    this.#rows.set(row, Field.firstWatch, NO_ROW);
    this.#index.insert(hash, row);
    this.count++;
    return row;
  }

  /** Nobody watches it any more. */
  release(row: number): void {
    this.#index.remove(this.#rows.get(row, Field.hash), row);
    this.#bytes.release(this.#rows.get(row, Field.ref), this.#rows.get(row, Field.length));
    this.#rows.release(row);
    this.count--;
  }

  firstWatch(row: number): number {
    return this.#rows.get(row, Field.firstWatch);
  }

  setFirstWatch(row: number, watch: number): void {
    this.#rows.set(row, Field.firstWatch, watch);
  }

  text(row: number): string {
    const length = this.#rows.get(row, Field.length);
    if (length === 0) return '';
    const ref = this.#rows.get(row, Field.ref);
    const start = this.#bytes.offsetOf(ref);
    return decodeUtf8(this.#bytes.arrayOf(ref), start, start + length);
  }

  #find(hash: number, path: Uint8Array, start: number, end: number): number {
    const index = this.#index;
    for (let cell = index.first(hash); cell !== NO_CELL; cell = index.next(hash, cell)) {
      const row = index.row(cell);
      if (this.#equals(row, path, start, end)) return row;
    }
    return NO_ROW;
  }

  #equals(row: number, path: Uint8Array, start: number, end: number): boolean {
    const length = this.#rows.get(row, Field.length);
    if (length !== end - start) return false;
    if (length === 0) return true;
    const ref = this.#rows.get(row, Field.ref);
    return equalBytes(this.#bytes.arrayOf(ref), this.#bytes.offsetOf(ref), path, start, length);
  }
}
