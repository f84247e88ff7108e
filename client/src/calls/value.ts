import type { Reader } from '@rookery/protocol';

/** A node's value as a caller gives it: text is written as UTF-8. */
export type Value = string | Uint8Array;

const textEncoder = new TextEncoder();
export const EMPTY_VALUE = Buffer.alloc(0);

export function bytesOf(value: Value): Uint8Array {
  return typeof value === 'string' ? textEncoder.encode(value) : value;
}

/** A value, copied out of the frame; empty where the node has none. */
export function readValue(reader: Reader): Buffer {
  if (!reader.readRange()) return EMPTY_VALUE;
  const { bytes, rangeStart, rangeEnd } = reader;
  const value = Buffer.allocUnsafe(rangeEnd - rangeStart);
  value.set(bytes.subarray(rangeStart, rangeEnd));
  return value;
}
