/**
 * CRC-32C (Castagnoli), reflected, as iSCSI and ext4 use it. Sixteen table look-ups take sixteen bytes at a time, read as four
 * little-endian words; the twelve that do not wait for the checksum so far come first.
 */

const POLYNOMIAL = 0x82f63b78;
/** Row n (256 words from n × 256): a byte's share of the checksum after n more bytes. */
const table = makeTable();

/** Continues `seed` (0 to begin, or an earlier result) over `bytes[start, end)`. Result: an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let crc = ~seed;
  let i = start;
  for (; i < end && ((bytes.byteOffset + i) & 3) !== 0; i++) crc = byByte(crc, bytes[i]!);
  if (end - i >= 16) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, (end - i) >> 2);
    crc = byBlocks(crc, words);
    i += (words.length & ~3) * 4;
  }
  for (; i < end; i++) crc = byByte(crc, bytes[i]!);
  return ~crc >>> 0;
}

function byByte(crc: number, byte: number): number {
  return table[(crc ^ byte) & 255]! ^ (crc >>> 8);
}

/** Over all blocks of four whole words. */
function byBlocks(seed: number, words: Int32Array): number {
  let crc = seed;
  const end = words.length & ~3;
  // The bounds are the loop's and the masks': every index below is inside its array, so `!` hides no undefined.
  for (let at = 0; at < end; at += 4) {
    const b = words[at + 1]!;
    const c = words[at + 2]!;
    const d = words[at + 3]!;
    const rest =
      table[0xb00 + (b & 255)]! ^
      table[0xa00 + ((b >>> 8) & 255)]! ^
      table[0x900 + ((b >>> 16) & 255)]! ^
      table[0x800 + (b >>> 24)]! ^
      table[0x700 + (c & 255)]! ^
      table[0x600 + ((c >>> 8) & 255)]! ^
      table[0x500 + ((c >>> 16) & 255)]! ^
      table[0x400 + (c >>> 24)]! ^
      table[0x300 + (d & 255)]! ^
      table[0x200 + ((d >>> 8) & 255)]! ^
      table[0x100 + ((d >>> 16) & 255)]! ^
      table[d >>> 24]!;
    const a = crc ^ words[at]!;
    crc =
      rest ^
      table[0xf00 + (a & 255)]! ^
      table[0xe00 + ((a >>> 8) & 255)]! ^
      table[0xd00 + ((a >>> 16) & 255)]! ^
      table[0xc00 + (a >>> 24)]!;
  }
  return crc;
}

function makeTable(): Int32Array {
  const made = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256]!;
    made[at] = (before >>> 8) ^ made[before & 255]!;
  }
  return made;
}
