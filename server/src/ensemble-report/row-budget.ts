import { utf8Length } from '@rookery/protocol';

/** Of what stands around the rows of an answer. */
const ENVELOPE_BYTES = 256;

/** Rows of an answer, as JSON, of which there is room for so many bytes: what comes behind those that fit is left out, and said to be. */
export class RowBudget<T> {
  readonly taken: T[] = [];
  /** There were more. */
  isCut = false;
  readonly #most: number;
  #leftBytes: number;

  constructor(bytes: number, most = Number.POSITIVE_INFINITY) {
    this.#leftBytes = bytes - ENVELOPE_BYTES;
    this.#most = most;
  }

  /** False where there is no room for it, nor for any other. */
  take(row: T): boolean {
    this.#leftBytes -= utf8Length(JSON.stringify(row)) + 1;
    this.isCut ||= this.#leftBytes < 0 || this.taken.length >= this.#most;
    if (!this.isCut) this.taken.push(row);
    return !this.isCut;
  }
}
