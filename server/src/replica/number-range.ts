/** Numbers that come with each opening of the data folder. On disk and in logs of all releases: not to be changed. */
const numbersPerBoot = 2 ** 31;
/** So that all numbers stay below 2^53. */
const maxBoots = 2 ** 22 - 1;
/** Below this many nothing more is begun that takes one. */
const reserve = 2 ** 20;

/**
 * The numbers that this life of the member may give to its requests, and its reads: above those of all earlier lives, below those of all
 * later ones, because the counter of boots is durable. A life that has used half of a boot's numbers takes the next boot's as well.
 *
 *   … │ boot 6 │ boot 7 ─────────► │ boot 8 reserved durably, before it is begun │ the next life's: boot 9 …
 */
export class NumberRange {
  /** The last number of earlier lives. */
  readonly before: number;
  private end: number;

  /** Throws RangeError where the data folder was opened more often than there are numbers for. */
  constructor(boot: number) {
    if (!Number.isSafeInteger(boot) || boot < 0 || boot > maxBoots) {
      throw new RangeError(
        `the data folder was opened ${boot} times, which is more than ${maxBoots}: move it away, so that this member joins as a new one`,
      );
    }
    this.before = boot * numbersPerBoot;
    this.end = this.before + numbersPerBoot;
  }

  /** It is time to reserve the next boot's numbers. */
  isShort(lastUsed: number): boolean {
    return this.end - lastUsed < numbersPerBoot / 2;
  }

  /** Nothing may be begun that takes a number. */
  isUsedUp(lastUsed: number): boolean {
    return this.end - lastUsed < reserve;
  }

  /** Boot number `boot`, the next one, was reserved durably. */
  extend(boot: number): void {
    if (boot > maxBoots || boot * numbersPerBoot !== this.end) {
      throw new RangeError(`boot ${boot} does not follow on the numbers below ${this.end}`);
    }
    this.end += numbersPerBoot;
  }
}
