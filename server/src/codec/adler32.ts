/** RFC 1950, as Java's `Adler32`. */

const MODULUS = 65_521;
/** So many bytes may be added before the larger sum has to be reduced, or it would leave 32 bits. */
const BYTES_PER_BLOCK = 5_552;

/** Of no bytes. */
export const ADLER32_OF_NOTHING = 1;

/** Continues `seed` (`ADLER32_OF_NOTHING` to begin, or an earlier result) over `bytes[start, end)`. Result: an unsigned 32-bit number. */
export function adler32(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let low = seed & 0xffff;
  let high = seed >>> 16;
  for (let at = start; at < end; ) {
    const until = Math.min(at + BYTES_PER_BLOCK, end);
    for (; at < until; at++) {
      low += bytes[at]!;
      high += low;
    }
    low %= MODULUS;
    high %= MODULUS;
  }
  return ((high << 16) | low) >>> 0;
}
