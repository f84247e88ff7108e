import { expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { CommandSlab } from '../../src/connections/command-slab.ts';

test('gives memory that nobody else has, of any size', () => {
  const prng = new Prng(1);
  const slab = new CommandSlab();
  const pieces = Array.from({ length: 3_000 }, (_, i) => {
    const length = prng.chance(0.01) ? 10_000 + prng.below(100_000) : prng.below(300);
    const piece = slab.allocate(length);
    expect(piece.length).toBe(length);
    piece.fill(i & 0xff);
    return piece;
  });
  for (const [i, piece] of pieces.entries()) expect(piece.every((byte) => byte === (i & 0xff))).toBe(true);
});

test('shares one allocation among small commands, and gives a large one its own', () => {
  const slab = new CommandSlab();
  const [a, b] = [slab.allocate(100), slab.allocate(100)];
  expect(a.buffer).toBe(b.buffer);
  const large = slab.allocate(20_000);
  expect(large.buffer).not.toBe(a.buffer);
  expect(slab.allocate(10).buffer).toBe(a.buffer);
  const buffers = new Set(Array.from({ length: 1_000 }, () => slab.allocate(300).buffer));
  expect(buffers.size).toBe(5);
});
