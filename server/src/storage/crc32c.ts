/**
 * CRC-32C (Castagnoli), reflected, as iSCSI and ext4 use it. Sixteen table look-ups take sixteen bytes at a time.
 */

const polynomial = 0x82f63b78;
const tables = makeTables();
const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = tables as Tables;

/** Continues `seed` (0 to begin, or an earlier result) over `bytes[start, end)`. Result: an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let crc = ~seed;
  let i = start;
  // The bounds are the loop's: every index below is inside the array, so `!` hides no undefined.
  for (; i + 16 <= end; i += 16) {
    crc =
      t15[(crc ^ bytes[i]!) & 255]! ^
      t14[((crc >>> 8) ^ bytes[i + 1]!) & 255]! ^
      t13[((crc >>> 16) ^ bytes[i + 2]!) & 255]! ^
      t12[(crc >>> 24) ^ bytes[i + 3]!]! ^
      t11[bytes[i + 4]!]! ^
      t10[bytes[i + 5]!]! ^
      t9[bytes[i + 6]!]! ^
      t8[bytes[i + 7]!]! ^
      t7[bytes[i + 8]!]! ^
      t6[bytes[i + 9]!]! ^
      t5[bytes[i + 10]!]! ^
      t4[bytes[i + 11]!]! ^
      t3[bytes[i + 12]!]! ^
      t2[bytes[i + 13]!]! ^
      t1[bytes[i + 14]!]! ^
      t0[bytes[i + 15]!]!;
  }
  for (; i < end; i++) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

type T = Int32Array;
type Tables = [T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T];

function makeTables(): Int32Array[] {
  const first = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    first[byte] = crc;
  }
  const all = [first];
  for (let table = 1; table < 16; table++) {
    const previous = all[table - 1]!;
    all.push(previous.map((crc) => (crc >>> 8) ^ first[crc & 255]!));
  }
  return all;
}
