import type { Bounds } from '../bounds/bounds.ts';

/** So that all numbers stay below 2^53. */
const maxBoots = 2 ** 22 - 1;

export type NumberBounds = Pick<Bounds, 'bootNumbers' | 'spareNumbers'>;

/**
 * The numbers that this life of the member may give to its requests, and its reads: above those of all earlier lives, below those of all
 * later ones, because the counter of boots is durable. A life that has used half of a boot's numbers takes the next boot's as well.
 *
 *   … │ boot 6 │ boot 7 ─────────► │ boot 8 reserved durably, before it is begun │ the next life's: boot 9 …
 */
export class NumberRange {
  /** The last number of earlier lives. */
  readonly before: number;
  #end: number;
  readonly #bounds: NumberBounds;

  /** Throws RangeError where the data folder was opened more often than there are numbers for. */
  constructor(boot: number, bounds: NumberBounds) {
    if (!Number.isSafeInteger(boot) || boot < 0 || boot > maxBoots) {
      throw new RangeError(
        `the data folder was opened ${boot} times, which is more than ${maxBoots}: move it away, so that this member joins as a new one`,
      );
    }
    this.#bounds = bounds;
    this.before = boot * bounds.bootNumbers;
    this.#end = this.before + bounds.bootNumbers;
  }

  /** It is time to reserve the next boot's numbers. */
  isShort(lastUsed: number): boolean {
    return this.#end - lastUsed < this.#bounds.bootNumbers / 2;
  }

  /** Nothing may be begun that takes a number. */
  isUsedUp(lastUsed: number): boolean {
    return this.#end - lastUsed < this.#bounds.spareNumbers;
  }

  /** Boot number `boot`, the next one, was reserved durably. */
  extend(boot: number): void {
    if (boot > maxBoots || boot * this.#bounds.bootNumbers !== this.#end) {
      throw new RangeError(`boot ${boot} does not follow on the numbers below ${this.#end}`);
    }
    this.#end += this.#bounds.bootNumbers;
  }
}
