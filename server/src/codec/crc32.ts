/** CRC-32 as zlib and Java have it, a byte at a time: nothing of a member's own rests on it (see crc32c.ts), only what ZooKeeper writes. */

const POLYNOMIAL = 0xedb88320;
const table = makeTable();

/** Continues `seed` (0 to begin, or an earlier result) over `bytes[start, end)`. Result: an unsigned 32-bit number. */
export function crc32(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let crc = ~seed;
  for (let at = start; at < end; at++) crc = table[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTable(): Int32Array {
  const made = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    made[byte] = crc;
  }
  return made;
}
