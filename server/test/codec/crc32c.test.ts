import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { crc32c } from '../../src/codec/crc32c.ts';

const of = (bytes: Uint8Array, seed = 0): number => crc32c(bytes, 0, bytes.length, seed);

describe('crc32c', () => {
  // RFC 3720, B.4, and the check value of the catalogue of CRCs.
  test.each([
    ['the digits 1 to 9', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])('knows the sum of %s', (_what, bytes, expected) => {
    expect(of(bytes)).toBe(expected);
  });

  test('agrees with the definition, bit by bit, at every length and offset', () => {
    const bytes = new Prng(1).bytes(200);
    for (let start = 0; start < 20; start++) {
      for (let end = start; end < bytes.length; end++) {
        expect(crc32c(bytes, start, end, 0)).toBe(bitwise(bytes.subarray(start, end)));
      }
    }
  });

  test('continues where it left off', () => {
    const bytes = new Prng(2).bytes(100);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(of(bytes.subarray(cut), of(bytes.subarray(0, cut)))).toBe(of(bytes));
    }
  });
});

function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
