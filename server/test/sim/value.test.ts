import { Writer, writeSetDataRequest } from '@rookery/protocol';
import { expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { encodeAction } from '../../sim/workload/codec.ts';
import { decodeValue, encodeValue, heaviest, weigh } from '../../sim/workload/value.ts';

const LENGTH_BYTES = 4;
const weights = { requestBytes: 4096, heavyRate: 1 };

test('a value of any weight is told from its bytes, and any other byte in it is noticed', () => {
  for (const value of ['1-2', '1-2+100', '7-12345+4000', '3-3+1000000']) {
    const data = encodeValue(value);
    expect(decodeValue(data)).toBe(value);
    for (const at of [0, data.length >> 1, data.length - 1]) {
      const damaged = data.slice();
      damaged[at]! ^= 1;
      expect(decodeValue(damaged), `${value}, byte ${at}`).not.toBe(value);
    }
    expect(decodeValue(data.subarray(0, -1)), `${value}, cut`).toBeUndefined();
    expect(decodeValue(data.slice(1))).not.toBe(value);
  }
  expect(encodeValue('1-2+0')).toHaveLength(0);
  expect(encodeValue('1-2+300')).toHaveLength(300);
});

test('values are as heavy as a request may be, and no heavier', () => {
  const prng = new Prng(3);
  let heaviestBytes = 0;
  for (let i = 0; i < 2_000; i++) {
    const writer = new Writer();
    const path = '/ledger/6-1000';
    encodeAction(writer, 2 + (i % 2), { kind: 'create', path, value: weigh('6-1000', path, weights, prng) });
    heaviestBytes = Math.max(heaviestBytes, writer.copy().length - LENGTH_BYTES);
  }
  expect(heaviestBytes).toBeLessThanOrEqual(weights.requestBytes);
  expect(heaviestBytes).toBeGreaterThan(weights.requestBytes * 0.9);
  for (const more of [0, 1]) {
    const writer = new Writer();
    writeSetDataRequest(writer, 1, '/r/3', encodeValue(heaviest('1-1', '/r/3', weights, more)), -1);
    expect(writer.copy().length - LENGTH_BYTES).toBe(weights.requestBytes + more);
  }
});
