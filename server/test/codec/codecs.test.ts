import { describe, expect, test } from 'vitest';
import { concatBytes, copyBytes, copyRange, equalBytes } from '../../src/codec/bytes.ts';
import { Reader } from '../../src/codec/jute-reader.ts';
import { Writer } from '../../src/codec/jute-writer.ts';
import {
  COMMAND_HEADER_BYTES,
  emptyCommandHeader,
  encodeCommand,
  readCommandHeader,
  stampTime,
} from '../../src/model/command.ts';
import { asSessionId } from '../../src/model/ids.ts';
import { OpCode } from '../../src/model/op-codes.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a command', () => {
  const header = {
    op: OpCode.closeSession,
    identity: 0xfffffffe,
    session: asSessionId(2 ** 53 - 1),
    attachIndex: 2 ** 32,
    origin: 3,
    requestNumber: 2 ** 40 + 5,
    timeMs: 0x1a204cca76d,
  };
  const golden =
    '0100fff5fffffffe001fffffffffffff000000010000000000000000000000030000010000000005000001a204cca76d';

  test('has these bytes, for ever', () => {
    expect(hex(encodeCommand(header, Uint8Array.of(9, 1, 2, 9), 1, 3))).toBe(`${golden}0102`);
  });

  test('is read back, at any offset', () => {
    const bytes = Buffer.concat([Buffer.alloc(5, 0xaa), Buffer.from(golden, 'hex')]);
    const read = emptyCommandHeader();
    expect(readCommandHeader(bytes, 5, read)).toBe(true);
    expect(read).toEqual(header);
  });

  test('is stamped with the time and with nothing else', () => {
    const bytes = encodeCommand(header, new Uint8Array(0));
    stampTime(bytes, 0, 1_795_376_850_799);
    const read = emptyCommandHeader();
    readCommandHeader(bytes, 0, read);
    expect(read).toEqual({ ...header, timeMs: 1_795_376_850_799 });
  });

  test('is none if it is too short or of another version', () => {
    const bytes = encodeCommand(header, new Uint8Array(0));
    const read = emptyCommandHeader();
    expect(readCommandHeader(bytes.subarray(0, COMMAND_HEADER_BYTES - 1), 0, read)).toBe(false);
    expect(readCommandHeader(bytes, 1, read)).toBe(false);
    for (const at of [0, 1]) {
      const other = Uint8Array.from(bytes);
      other[at] = 7;
      expect(readCommandHeader(other, 0, read)).toBe(false);
    }
    expect(read).toEqual(emptyCommandHeader());
  });
});

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
