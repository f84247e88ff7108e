import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { type Configuration, decodeConfiguration, encodeConfiguration } from '../../src/index.ts';

const example: Configuration = {
  index: 300,
  voters: [1, 2],
  outgoing: [3],
  learners: [200],
  contexts: new Map([
    [200, 'ü€𝄞'],
    [1, 'a'],
    [2, ''],
    [3, 'c'],
  ]),
};

/** What members of every release read and write: a change here is a change of the format. */
const golden =
  '01 ac02 02 01 02 01 03 01 c801 04 01 01 61 02 00 03 01 63 c801 09 c3bc e282ac f09d849e'.replaceAll(
    ' ',
    '',
  );

describe('the bytes of a configuration', () => {
  test('are these', () => {
    expect(Buffer.from(encodeConfiguration(example)).toString('hex')).toBe(golden);
  });

  test('after a forced recovery are those of version 2, and the same behind it', () => {
    const recovered = { ...example, recovery: { number: 1, survivor: 2, index: 300, term: 2 ** 20 } };
    const bytes = encodeConfiguration(recovered);
    expect(Buffer.from(bytes).toString('hex')).toBe(`020102ac02808040${golden.slice(2)}`);
    expect(decodeConfiguration(bytes)).toEqual(recovered);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => decodeConfiguration(bytes.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'malformed-configuration' }),
      );
  });

  test('read back to the same configuration', () => {
    expect(decodeConfiguration(encodeConfiguration(example))).toEqual(example);
    const random = new Random(5);
    for (let run = 0; run < 200; run += 1) {
      const ids = Array.from({ length: random.below(9) }, (_, i) => 1 + i * 1_000 ** random.below(4));
      const unique = [...new Set(ids)].sort((a, b) => a - b);
      const contexts = new Map(unique.map((id) => [id, String.fromCodePoint(random.below(0xd000))]));
      const index = random.pick([0, 127, 128, Number.MAX_SAFE_INTEGER]);
      const configuration = { index, voters: unique, outgoing: unique.slice(1), learners: [], contexts };
      expect(decodeConfiguration(encodeConfiguration(configuration)), `run ${run}`).toEqual(configuration);
    }
  });

  test('are refused with a code wherever they are cut short or go on', () => {
    const bytes = encodeConfiguration(example);
    const malformed = expect.objectContaining({ code: 'malformed-configuration' });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeConfiguration(bytes.subarray(0, length)), `${length} bytes`).toThrow(malformed);
    }
    expect(() => decodeConfiguration(Uint8Array.from([...bytes, 0]))).toThrow(malformed);
  });

  test('are refused with another version, repeated ids, wild numbers and broken UTF-8', () => {
    const refused = [
      '03 00 00 00 00 00',
      '02 00 01 01 01 00 00 00 00 00',
      '01 00 02 01 01 00 00 00',
      '01 00 01 00 00 00 00',
      '01 ffffffffffffffff7f 00 00 00 00',
      '01 00 ffffff7f',
      '01 00 00 00 00 01 01 02 c328',
      '01 00 00 00 00 01 01 03 eda080',
      '01 00 00 00 00 01 01 02 c080',
    ];
    for (const hex of refused) {
      const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      expect(() => decodeConfiguration(bytes), hex).toThrow(
        expect.objectContaining({ code: 'malformed-configuration' }),
      );
    }
  });

  test('any other bytes are read or refused, never a crash', () => {
    const random = new Random(11);
    const bytes = encodeConfiguration(example);
    for (let run = 0; run < 5_000; run += 1) {
      const changed = Uint8Array.from(bytes);
      for (let n = random.between(1, 4); n > 0; n -= 1)
        changed[random.below(changed.length)] = random.below(256);
      try {
        decodeConfiguration(changed);
      } catch (error) {
        expect((error as { code?: string }).code, `run ${run}`).toBe('malformed-configuration');
      }
    }
  });
});
