import { describe, expect, it } from 'vitest';
import { ByteReader, PeerProtocolError } from '../../src/replica/byte-reader.ts';
import { ByteWriter } from '../../src/replica/byte-writer.ts';

describe('what a ByteWriter wrote', () => {
  it('is read back, whatever the capacity was', () => {
    for (const capacity of [0, 1, 2, 7, 64]) {
      const writer = new ByteWriter(capacity);
      writer.u8(250);
      writer.u32(0xffff_fffe);
      writer.f64(Number.MAX_SAFE_INTEGER);
      writer.block(Uint8Array.of(1, 2, 3));
      writer.text('Ærøskøbing 🐦');
      const reader = new ByteReader(writer.take());
      expect(reader.u8()).toBe(250);
      expect(reader.u32()).toBe(0xffff_fffe);
      expect(reader.f64()).toBe(Number.MAX_SAFE_INTEGER);
      expect([...reader.block()]).toEqual([1, 2, 3]);
      expect(reader.text()).toBe('Ærøskøbing 🐦');
      expect(reader.remaining).toBe(0);
    }
  });

  it('belongs to the one who took it: what is written later leaves it alone', () => {
    const writer = new ByteWriter();
    writer.u8(1);
    const taken = writer.take();
    writer.u8(2);
    expect([...taken]).toEqual([1]);
    expect([...writer.take()]).toEqual([2]);
  });

  it('keeps what was written when it grows, and begins anew after a burst', () => {
    const writer = new ByteWriter(4);
    const burst = new Uint8Array(9 * 1024 * 1024).fill(7);
    writer.u32(5);
    writer.block(burst);
    const taken = writer.take();
    expect(taken.length).toBe(8 + burst.length);
    expect(new DataView(taken.buffer).getUint32(0)).toBe(5);
    expect(taken.at(-1)).toBe(7);
    writer.u8(3);
    expect([...writer.take()]).toEqual([3]);
  });
});

describe('a ByteReader', () => {
  it('never reads beyond the end of a frame', () => {
    const reads: ((reader: ByteReader) => unknown)[] = [
      (reader) => reader.u8(),
      (reader) => reader.u32(),
      (reader) => reader.f64(),
      (reader) => reader.block(),
      (reader) => reader.text(),
    ];
    // The buffer goes on behind the frame.
    const bytes = new Uint8Array(64).subarray(8, 8);
    for (const read of reads) expect(() => read(new ByteReader(bytes))).toThrow(PeerProtocolError);
    const lie = new Uint8Array(8);
    new DataView(lie.buffer).setUint32(0, 0xffff_ffff);
    expect(() => new ByteReader(lie).block()).toThrow(PeerProtocolError);
  });

  it('takes no text that is not UTF-8', () => {
    const writer = new ByteWriter();
    writer.block(Uint8Array.of(0xc3, 0x28));
    expect(() => new ByteReader(writer.take()).text()).toThrow(PeerProtocolError);
  });
});
