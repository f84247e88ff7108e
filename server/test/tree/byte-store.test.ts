import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { ByteStore, NO_BYTES_REF } from '../../src/tree/byte-store.ts';

const text = (store: ByteStore, ref: number, length: number) =>
  Buffer.from(store.arrayOf(ref).subarray(store.offsetOf(ref), store.offsetOf(ref) + length)).toString(
    'latin1',
  );

describe('the byte store', () => {
  test('keeps what it was given, whatever else comes, goes and changes', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const store = new ByteStore();
      const held: { ref: number; value: string }[] = [];
      for (let step = 0; step < 3000; step++) {
        const value = String.fromCharCode(33 + random.below(90)).repeat(
          1 + random.below(random.pick([9, 130, 9000])),
        );
        const source = Buffer.from(`<${value}>`);
        const at = random.below(held.length);
        const kind = held.length === 0 ? 0 : random.below(4);
        if (kind < 2) {
          held.push({ ref: store.store(source, 1, source.length - 1), value });
        } else if (kind === 2) {
          const old = held[at]!;
          held[at] = { ref: store.replace(old.ref, old.value.length, source, 1, source.length - 1), value };
        } else {
          const [gone] = held.splice(at, 1);
          store.release(gone!.ref, gone!.value.length);
        }
        const seen = held[random.below(held.length)];
        if (seen !== undefined)
          expect(text(store, seen.ref, seen.value.length) === seen.value, `seed ${seed}`).toBe(true);
      }
      for (const { ref, value } of held)
        expect(text(store, ref, value.length) === value, `seed ${seed}`).toBe(true);
    }
  });

  test('holds nothing for nothing', () => {
    const store = new ByteStore();
    expect(store.store(new Uint8Array(9), 4, 4)).toBe(NO_BYTES_REF);
    expect(store.replace(NO_BYTES_REF, -1, new Uint8Array(9), -1, -1)).toBe(NO_BYTES_REF);
    store.release(NO_BYTES_REF, 0);
    expect(store.allocatedBytes).toBe(0);
  });

  test('loses at most an eighth to the sizes of its blocks', () => {
    for (const length of [8, 100, 129, 145, 257, 1000, 1025, 4097, 8192]) {
      const store = new ByteStore();
      const count = Math.ceil(4_000_000 / length);
      for (let i = 0; i < count; i++) store.store(new Uint8Array(length), 0, length);
      expect(store.allocatedBytes / (count * length), `${length} bytes`).toBeLessThan(1.16);
    }
  });

  test('gives memory back, and uses a size’s pages for another', () => {
    const store = new ByteStore();
    const blocks = (length: number) =>
      Array.from({ length: 10_000 }, () => store.store(new Uint8Array(length), 0, length));
    const small = blocks(100);
    const most = store.allocatedBytes;
    for (const ref of small) store.release(ref, 100);
    expect(store.allocatedBytes).toBe(65_536);
    const others = blocks(104);
    expect(store.allocatedBytes).toBeLessThanOrEqual(most);
    for (const ref of others) store.release(ref, 104);
    const long = store.store(new Uint8Array(500_000), 0, 500_000);
    expect(store.allocatedBytes).toBe(65_536 + 500_000);
    store.release(long, 500_000);
    expect(store.allocatedBytes).toBe(65_536);
  });
});
