import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { FailedProofTable, type ProofBounds } from '../../src/failed-proofs/failed-proof-table.ts';

const BOUNDS: ProofBounds = {
  proofNetworks: 50,
  freeProofFailures: 3,
  proofFailureMs: 1_000,
  proofDelayStepMs: 100,
  proofDelayMs: 500,
};

function failed(times: number, address = '10.0.0.1', atMs = 0): FailedProofTable {
  const table = new FailedProofTable(BOUNDS);
  for (let i = 0; i < times; i++) table.fail(address, atMs);
  return table;
}

describe('an address that fails to prove who it is', () => {
  test('waits for nothing up to the free failures, then longer with each, and never longer than the longest', () => {
    const delays = Array.from({ length: 12 }, (_, times) => failed(times).delayMs('10.0.0.1', 0));
    expect(delays).toEqual([0, 0, 0, 0, 100, 200, 300, 400, 500, 500, 500, 500]);
  });

  test('is forgiven a failure in each while, and forgotten once none is left', () => {
    const table = failed(5);
    const after = [0, 999, 1_000, 2_000, 5_000].map((nowMs) => table.delayMs('10.0.0.1', nowMs));
    expect(after).toEqual([200, 200, 100, 0, 0]);
    expect(table.size).toBe(0);
  });

  test('is slowed for as long after a million failures as after those that make the longest wait', () => {
    const many = failed(1_000_000);
    const few = failed(8);
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 500)
      expect(many.delayMs('10.0.0.1', nowMs)).toBe(few.delayMs('10.0.0.1', nowMs));
  });

  test('costs no other address anything', () => {
    const table = failed(100);
    expect(table.delayMs('10.0.0.2', 0)).toBe(0);
    table.fail('10.0.0.2', 0);
    expect(table.delayMs('10.0.0.1', 0)).toBe(500);
    expect(table.delayMs('10.0.0.2', 0)).toBe(0);
  });
});

describe('an address of IPv6', () => {
  test('stands for all those with the same first 64 bits, however it is written', () => {
    const table = new FailedProofTable(BOUNDS);
    for (let i = 0; i < 8; i++) table.fail(`2001:db8:0:1::${i}`, 0);
    expect(table.delayMs('2001:0db8:0:1:ffff:ffff:ffff:ffff', 0)).toBe(500);
    expect(table.delayMs('2001:db8:0:2::1', 0)).toBe(0);
    expect(table.size).toBe(1);
  });
});

describe('the table', () => {
  test('never remembers more networks than it may, and forgets those first that failed the longest ago', () => {
    const table = failed(100, 'first');
    for (let i = 0; i < BOUNDS.proofNetworks - 1; i++) table.fail(`other ${i}`, 1);
    expect(table.size).toBe(BOUNDS.proofNetworks);
    expect(table.delayMs('first', 1)).toBe(500);
    // It fails again, and is the newest.
    table.fail('first', 2);
    table.fail('one more', 3);
    expect(table.size).toBe(BOUNDS.proofNetworks);
    expect(table.delayMs('first', 3)).toBe(500);
    for (let i = 0; i < BOUNDS.proofNetworks; i++) table.fail(`another ${i}`, 4);
    expect(table.size).toBe(BOUNDS.proofNetworks);
    expect(table.delayMs('first', 4)).toBe(0);
  });

  test.each([1, 2, 3, 4, 5])('keeps to its rules whatever comes in whatever order (seed %i)', (seed) => {
    const prng = new Prng(seed, 'failed proofs');
    const table = new FailedProofTable(BOUNDS);
    let nowMs = 0;
    for (let step = 0; step < 5_000; step++) {
      nowMs += prng.below(300);
      const address = `address ${prng.below(70)}`;
      const before = table.delayMs(address, nowMs);
      if (prng.chance(0.7)) {
        table.fail(address, nowMs);
        const after = table.delayMs(address, nowMs);
        expect(after).toBeGreaterThanOrEqual(before);
        expect(after - before).toBeLessThanOrEqual(BOUNDS.proofDelayStepMs);
      }
      expect(before).toBeLessThanOrEqual(BOUNDS.proofDelayMs);
      expect(table.size).toBeLessThanOrEqual(BOUNDS.proofNetworks);
    }
  });
});
