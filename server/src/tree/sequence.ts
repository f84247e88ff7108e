/** The most that a sequence number adds to a path: a sign and ten digits. */
export const SEQUENCE_DIGITS = 11;
const WIDTH = 10;
const ZERO = 0x30;
const MINUS = 0x2d;

/**
 * Writes `number`, signed 32-bit, as Java's `%010d` does (at least ten characters, the sign among them) and returns where
 * it ends.
 */
export function writeSequence(target: Uint8Array, offset: number, number: number): number {
  let rest = Math.abs(number);
  let digits = 1;
  for (let bound = 10; bound <= rest; bound *= 10) digits++;
  const length = Math.max(WIDTH, number < 0 ? digits + 1 : digits);
  const end = offset + length;
  for (let at = end - 1; at >= offset; at--) {
    target[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  if (number < 0) target[offset] = MINUS;
  return end;
}
