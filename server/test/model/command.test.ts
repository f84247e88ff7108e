import { OpCode } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import {
  COMMAND_HEADER_BYTES,
  emptyCommandHeader,
  encodeCommand,
  levelOf,
  readCommandHeader,
  stampTime,
} from '../../src/model/command.ts';
import { asSessionId } from '../../src/model/ids.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a command', () => {
  const header = {
    level: 0,
    op: OpCode.closeSession,
    flags: 0xfffffffe,
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

  test('has the feature level that it needs behind its version, which says nothing in those of before', () => {
    const bytes = encodeCommand({ ...header, level: 2 }, new Uint8Array(0));
    expect(hex(bytes)).toBe(`0102${golden.slice(4)}`);
    expect(levelOf(bytes)).toBe(2);
    const read = emptyCommandHeader();
    readCommandHeader(bytes, 0, read);
    expect(read).toEqual({ ...header, level: 2 });
  });

  test('is none if it is too short or of another version', () => {
    const bytes = encodeCommand(header, new Uint8Array(0));
    const read = emptyCommandHeader();
    expect(readCommandHeader(bytes.subarray(0, COMMAND_HEADER_BYTES - 1), 0, read)).toBe(false);
    expect(readCommandHeader(bytes, 1, read)).toBe(false);
    const other = Uint8Array.from(bytes);
    other[0] = 7;
    expect(readCommandHeader(other, 0, read)).toBe(false);
    expect(read).toEqual(emptyCommandHeader());
  });
});
