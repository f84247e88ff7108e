const BASE = 65_521;
/** Bytes that may be summed before the sums leave what a number holds exactly by far: fewer than could overflow 32 bits. */
const RUN = 5_552;

/** Of nothing. */
export const ADLER32_OF_NOTHING = 1;

/** The Adler-32 checksum of what `before` is that of, and of these bytes behind it. */
export function adler32(before: number, bytes: Uint8Array): number {
  let low = before & 0xffff;
  let high = before >>> 16;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + RUN);
    for (; at < end; at++) {
      low += bytes[at]!;
      high += low;
    }
    low %= BASE;
    high %= BASE;
  }
  return ((high << 16) | low) >>> 0;
}
