import { Random } from '../../../testkit/src/random.ts';

/** The default jute.maxbuffer, less what a request holds beside the value. */
export const LARGEST_VALUE_BYTES = 0xf_ffff - 512;

const POOL_BYTES = 2 * LARGEST_VALUE_BYTES;

/** Values that can be known again: each is a piece of one pool of random bytes, chosen by who writes it and how often it has. */
export class Values {
  readonly #pool: Buffer;

  constructor(seed: number) {
    this.#pool = Buffer.from(new Random(seed).bytes(POOL_BYTES));
  }

  /** Not to be changed. Two counts of one writer give different values, but for very short ones. */
  value(writer: number, count: number, length: number): Buffer {
    const at = Math.imul(writer * 7919 + count, 0x9e37_79b1) >>> 0;
    const start = at % (POOL_BYTES - length);
    return this.#pool.subarray(start, start + length);
  }
}

/** From 0 to `largest`, each order of magnitude as often as any other. */
export function logUniform(random: Random, largest: number): number {
  return Math.floor(Math.exp(random.next() * Math.log(largest + 1))) - 1;
}
