import { describe, expect, test } from 'vitest';
import { concatBytes, copyBytes, copyRange, equalBytes, Reader, Writer } from '../src/index.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('writer and reader', () => {
  test('agree on every type, over a buffer that grows', () => {
    const writer = new Writer(1);
    const longs = [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, -(2 ** 40) - 1];
    for (const long of longs) writer.writeLong(long);
    const ints = [0, -1, 2147483647, -2147483648];
    for (const int of ints) writer.writeInt(int);
    writer.writeBool(true);
    writer.writeBool(false);
    writer.writeByte(255);
    writer.writeString('grüß 日本');
    writer.writeString('');
    writer.writeString(undefined);
    writer.writeBuffer(Uint8Array.of(1, 2));
    writer.writeBuffer(undefined);
    writer.writeRange(Uint8Array.of(1, 2, 3, 4), 1, 3);
    const reader = new Reader().reset(writer.bytes, 0, writer.length);
    expect(longs.map(() => reader.readLong())).toEqual(longs);
    expect(ints.map(() => reader.readInt())).toEqual(ints);
    expect([reader.readBool(), reader.readBool(), reader.readByte()]).toEqual([true, false, 255]);
    expect([reader.readString(), reader.readString(), reader.readString()]).toEqual([
      'grüß 日本',
      '',
      undefined,
    ]);
    expect([reader.readBuffer(), reader.readBuffer(), reader.readBuffer()]).toEqual([
      Uint8Array.of(1, 2),
      undefined,
      Uint8Array.of(2, 3),
    ]);
    expect([reader.remaining, reader.failed]).toEqual([0, false]);
  });

  test('fail once and for all at what is not there', () => {
    const reader = new Reader().reset(Uint8Array.of(0, 0, 0, 5, 1, 2), 0, 6);
    expect(reader.readBuffer()).toEqual(new Uint8Array(0));
    expect([reader.failed, reader.readInt(), reader.readLong(), reader.readBool()]).toEqual([
      true,
      0,
      0,
      false,
    ]);
    expect(reader.readString()).toBe('');
    expect(reader.readCount(1)).toBe(0);
    expect(reader.failed).toBe(true);
    expect(new Reader().reset(new Uint8Array(4), 2, 5).failed).toBe(true);
    expect(new Reader().reset(new Uint8Array(4), 3, 2).failed).toBe(true);
  });

  test('do not believe a count that cannot fit', () => {
    const bytes = Uint8Array.of(0, 0, 0, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    expect(new Reader().reset(bytes, 0, 12).readCount(4)).toBe(0);
    expect(new Reader().reset(bytes, 0, 12).readCount(2)).toBe(3);
  });

  test('give out copies where a copy is promised, even of a Buffer', () => {
    const lent = Buffer.from([0, 0, 0, 2, 7, 8]);
    const read = new Reader().reset(lent, 0, 6).readBuffer()!;
    const copied = copyRange(lent, 4, 6);
    lent.fill(0);
    expect([...read, ...copied]).toEqual([7, 8, 7, 8]);
    const writer = new Writer();
    writer.writeInt(1);
    const copy = writer.copy();
    const detached = writer.detach(16);
    writer.writeInt(2);
    expect([hex(copy), hex(detached), hex(writer.view())]).toEqual(['00000001', '00000001', '00000002']);
  });

  test('write the length of a frame that grew meanwhile', () => {
    const writer = new Writer(2);
    writer.writeByte(9);
    const frame = writer.beginFrame();
    writer.writeString('x'.repeat(300));
    writer.endFrame(frame);
    expect(new Reader().reset(writer.bytes, 1, writer.length).readInt()).toBe(304);
  });
});

describe('bytes', () => {
  test('are copied, joined and compared for equality at any length', () => {
    const source = Uint8Array.from({ length: 100 }, (_, i) => i);
    for (const length of [0, 1, 23, 24, 25, 90]) {
      const target = new Uint8Array(100);
      copyBytes(target, 5, source, 3, 3 + length);
      expect([...target.subarray(5, 5 + length)]).toEqual([...source.subarray(3, 3 + length)]);
      expect(target.subarray(5 + length).every((byte) => byte === 0)).toBe(true);
    }
    expect([...concatBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)])]).toEqual([1, 2, 3]);
    expect(equalBytes(source, 3, source, 3, 50)).toBe(true);
    expect(equalBytes(source, 3, source, 4, 1)).toBe(false);
  });
});
