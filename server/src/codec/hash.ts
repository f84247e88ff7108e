/**
 * Hashes of bytes and words, of multiplications and rotations as in MurmurHash3 (public domain). They tell contents apart; they
 * do not resist anybody who searches for collisions.
 */
const FIRST = 0xcc9e2d51;
const SECOND = 0x1b873593;

export function mixWord(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, FIRST);
  return (Math.imul((h << 15) | (h >>> 17), 5) + 0xe6546b64) | 0;
}

export function finishHash(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * A signed 32-bit hash of `bytes[start, end)`, the same on every member. Eight bytes at a step in two strands that do not wait for
 * each other: about a third of a nanosecond for each byte.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let a = seed ^ (end - start);
  let b = seed;
  let at = start;
  for (const whole = end - 7; at < whole; at += 8) {
    a ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    b ^= bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
    a = Math.imul(a, FIRST);
    b = Math.imul(b, SECOND);
    a = (a << 15) | (a >>> 17);
    b = (b << 13) | (b >>> 19);
  }
  for (; at < end; at++) {
    a = Math.imul(a ^ bytes[at]!, FIRST);
    a = (a << 15) | (a >>> 17);
  }
  return finishHash(mixWord(a, b));
}
