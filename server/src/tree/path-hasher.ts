import { finishHash } from '../codec/hash.ts';

/**
 * Hashes paths for the index with multipliers of its own, so that nobody who does not know `seed` can choose paths that
 * collide. Not the same on every member, so never part of a digest.
 */
export class PathHasher {
  readonly #first: number;
  readonly #second: number;
  readonly #start: number;

  constructor(seed: number) {
    this.#start = finishHash(seed ^ 0x5bd1e995);
    this.#first = finishHash(this.#start ^ 0x9e3779b9) | 1;
    this.#second = finishHash(this.#first ^ 0x7f4a7c15) | 1;
  }

  hash(bytes: Uint8Array, start: number, end: number): number {
    const first = this.#first;
    const second = this.#second;
    let h = this.#start ^ (end - start);
    let at = start;
    for (const whole = end - 3; at < whole; at += 4) {
      h ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      h = Math.imul(h, first);
      h ^= h >>> 15;
      h = Math.imul(h, second);
    }
    for (; at < end; at++) h = Math.imul(h ^ bytes[at]!, first);
    return finishHash(h);
  }
}
