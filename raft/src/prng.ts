/** A small seeded generator (mulberry32): the same seed gives the same run, so that every failure replays. */
export class Prng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from [0, below); 0 where `below` is not positive. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return below > 0 ? ((mixed ^ (mixed >>> 14)) >>> 0) % below : 0;
  }
}
