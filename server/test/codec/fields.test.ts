import { describe, expect, test } from 'vitest';
import { Prng } from '../../sim/prng.ts';
import { FieldReader } from '../../src/codec/field-reader.ts';
import { FieldWriter } from '../../src/codec/field-writer.ts';
import { PeerProtocolError, peerFormat } from '../../src/replica/peers/peer-format.ts';
import { FieldError, storedFormat } from '../../src/storage/stored-format.ts';

const formats = [
  { name: 'frames between members', format: peerFormat, error: PeerProtocolError, says: "a peer's frame" },
  { name: 'files', format: storedFormat, error: FieldError, says: 'what was stored' },
];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe.each(formats)('fields of $name', ({ format, error, says }) => {
  test('are read back as they were written, whatever the capacity was', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const prng = new Prng(seed, 'fields');
      const writer = new FieldWriter(format, prng.below(9));
      const values: unknown[] = [];
      const reads: ((reader: FieldReader) => unknown)[] = [];
      for (let left = prng.below(12); left > 0; left--) {
        const bytes = prng.bytes(prng.below(40));
        const number = prng.below(2 ** 32);
        const fraction = prng.fraction() * 2 ** 60;
        const text = prng.pick(['', 'Ærøskøbing 🐦', '\ufeffmark', 'a'.repeat(prng.below(100)), '\0']);
        const kind = prng.below(6);
        if (kind === 0) writer.u8(number & 0xff);
        else if (kind === 1) writer.u32(number);
        else if (kind === 2) writer.f64(fraction);
        else if (kind === 3) writer.block(bytes);
        else if (kind === 4) writer.text(text);
        else writer.raw(bytes);
        values.push([number & 0xff, number, fraction, bytes, text, bytes][kind]);
        reads.push(
          [
            (reader: FieldReader) => reader.u8(),
            (reader: FieldReader) => reader.u32(),
            (reader: FieldReader) => reader.f64(),
            (reader: FieldReader) => reader.block(),
            (reader: FieldReader) => reader.text(),
            (reader: FieldReader) => reader.raw(bytes.length),
          ][kind]!,
        );
      }
      const reader = new FieldReader(writer.takeBytes(), format);
      expect(
        reads.map((read) => read(reader)),
        `seed ${seed}`,
      ).toEqual(values);
      expect(reader.remaining, `seed ${seed}`).toBe(0);
    }
  });

  test('are never read beyond the end: that is an error of this format', () => {
    const reads: ((reader: FieldReader) => unknown)[] = [
      (reader) => reader.u8(),
      (reader) => reader.u32(),
      (reader) => reader.f64(),
      (reader) => reader.raw(1),
      (reader) => reader.block(),
      (reader) => reader.text(),
    ];
    // The buffer goes on behind what may be read.
    const bytes = new Uint8Array(64).subarray(8, 8);
    for (const read of reads) expect(() => read(new FieldReader(bytes, format))).toThrow(error);
    const lie = new FieldReader(Uint8Array.of(255, 255, 255, 255, 0), format);
    expect(() => lie.block()).toThrow(`${says} ends after 5 bytes, 4294967299 were promised`);
  });

  test('hold no text that is not UTF-8', () => {
    const writer = new FieldWriter(format);
    writer.block(Uint8Array.of(0xc3, 0x28));
    const reader = new FieldReader(writer.takeBytes(), format);
    expect(() => reader.text()).toThrow(error);
    expect(() => new FieldReader(Uint8Array.of(0, 0, 0, 0), format).text()).not.toThrow();
  });
});

describe('the byte order', () => {
  const write = (writer: FieldWriter): string => {
    writer.u8(0xab);
    writer.u32(0x01020304);
    writer.f64(1.5);
    writer.text('ø');
    writer.padTo(20);
    writer.patchU32(1, 0x05060708);
    return hex(writer.takeBytes());
  };

  test('is big-endian between members', () => {
    expect(write(new FieldWriter(peerFormat))).toBe('ab050607083ff800000000000000000002c3b800');
  });

  test('is little-endian on disk', () => {
    expect(write(new FieldWriter(storedFormat))).toBe('ab08070605000000000000f83f02000000c3b800');
  });
});

describe('what was taken from a writer', () => {
  test('belongs to the one who took it: what is written later leaves it alone', () => {
    const writer = new FieldWriter(peerFormat);
    writer.u8(1);
    const taken = writer.takeBytes();
    writer.u8(2);
    expect([...taken]).toEqual([1]);
    expect([...writer.takeBytes()]).toEqual([2]);
  });

  test('holds all that was written while the writer grew, and the memory of a burst is given back', () => {
    const writer = new FieldWriter(peerFormat, 4);
    const burst = new Uint8Array(9 * 1024 * 1024).fill(7);
    writer.u32(5);
    writer.block(burst);
    const taken = writer.takeBytes();
    expect(taken.length).toBe(8 + burst.length);
    expect(new DataView(taken.buffer).getUint32(0)).toBe(5);
    expect(taken.at(-1)).toBe(7);
    expect(writer.bytes.length).toBe(4);
    writer.u8(3);
    expect([...writer.takeBytes()]).toEqual([3]);
  });
});
