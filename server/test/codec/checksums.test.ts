import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { ADLER32_OF_NOTHING, adler32 } from '../../src/codec/adler32.ts';
import { crc32 } from '../../src/codec/crc32.ts';
import { PieceBuffer } from '../../src/codec/piece-buffer.ts';

test('Adler-32 has the values of RFC 1950, of all 255s over many blocks too, and goes on over pieces', () => {
  const text = Buffer.from('Wikipedia');
  expect(adler32(text, 0, text.length, ADLER32_OF_NOTHING)).toBe(0x11e60398);
  const worst = new Uint8Array(1_000_003).fill(255);
  let [low, high] = [1n, 0n];
  for (const byte of worst) {
    low += BigInt(byte);
    high += low;
  }
  const expected = Number(((high % 65_521n) << 16n) | (low % 65_521n));
  expect(adler32(worst, 0, worst.length, ADLER32_OF_NOTHING)).toBe(expected);
  let pieces = ADLER32_OF_NOTHING;
  for (let at = 0; at < worst.length; at += 7_001)
    pieces = adler32(worst, at, Math.min(at + 7_001, worst.length), pieces);
  expect(pieces).toBe(expected);
});

test("CRC-32 is zlib's, over pieces as over the whole", () => {
  const random = new Random(3);
  const bytes = Uint8Array.from({ length: 5_000 }, () => random.below(256));
  expect(crc32(bytes, 0, bytes.length, 0)).toBe(zlibCrc32(bytes));
  expect(crc32(bytes, 100, 4_000, crc32(bytes, 0, 100, 0))).toBe(zlibCrc32(bytes.subarray(0, 4_000)));
});

test('a buffer of pieces holds what was not taken, in order, however it is cut', () => {
  const random = new Random(4);
  const buffer = new PieceBuffer(8);
  const taken: number[] = [];
  let next = 0;
  while (next < 5_000) {
    const piece = Uint8Array.from({ length: random.below(40) }, () => next++ & 255);
    buffer.append(piece);
    for (let count = random.below(buffer.length + 1); count > 0; count--)
      taken.push(buffer.bytes[buffer.at++]!);
  }
  taken.push(...buffer.bytes.subarray(buffer.at, buffer.end));
  expect(taken).toEqual(Array.from({ length: next }, (_, at) => at & 255));
});
