import type { Prng } from '../prng.ts';

/** A value whose name does not end in a weight is filled up by so much: enough for logs and snapshots to grow. */
const USUAL_FILLING_BYTES = 64;
/** Where the fillings of two values begin differs by less than this. */
const SHIFTS = 256;
const MAX_VALUE_BYTES = 1024 * 1024;
const LIGHTEST_BYTES = 48;

const filling = fill(MAX_VALUE_BYTES + SHIFTS);

function fill(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // Printable, without the mark that ends a name, and without a period that a block or a sector could hide.
  for (let i = 0; i < length; i++) bytes[i] = 33 + ((i * 7 + (i >> 9)) % 90);
  return bytes;
}

/**
 * What a node holds is a function of the value's name, so that a read can be compared byte by byte with what its name says:
 *
 *     `3-17`         the name, `|`, and a filling
 *     `3-17+4096`    4,096 bytes in all; a name that is longer is not cut
 *     `3-17+0`       nothing: whose it was nobody can tell from a read
 */
export function encodeValue(value: string): Uint8Array {
  const data = new Uint8Array(encodedBytes(value));
  if (data.length === 0) return data;
  const head = new TextEncoder().encode(`${value}|`);
  data.set(head);
  const shift = shiftOf(value);
  data.set(filling.subarray(shift, shift + data.length - head.length), head.length);
  return data;
}

export function encodedBytes(value: string): number {
  const plus = value.lastIndexOf('+');
  // Names are ASCII.
  const headBytes = value.length + 1;
  const bytes = plus === -1 ? headBytes + USUAL_FILLING_BYTES : Number(value.slice(plus + 1));
  return bytes === 0 ? 0 : Math.max(headBytes, bytes);
}

/** The name of the value; undefined where the bytes are not those that `encodeValue` gives it. Of an empty one ''. */
export function decodeValue(data: Uint8Array): string | undefined {
  if (data.length === 0) return '';
  const end = data.indexOf(0x7c);
  if (end === -1) return undefined;
  const value = new TextDecoder().decode(data.subarray(0, end));
  return Buffer.compare(data, encodeValue(value)) === 0 ? value : undefined;
}

function shiftOf(value: string): number {
  let hash = 0;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHIFTS;
}

/** How heavy the values of one run are. */
export interface Weights {
  /** Longest request that members take. */
  readonly requestBytes: number;
  /** Share of the values that have a weight of their own. */
  readonly heavyRate: number;
}

/** What a request has beside its path and its data, at most: headers, lengths, an access list. */
const REQUEST_OVERHEAD_BYTES = 96;
/** The same, exactly, of setData: xid, operation, two lengths, version. */
const SET_OVERHEAD_BYTES = 20;

/** Names a value of a random weight, up to what fits `parts` of one request on `path`: each order of magnitude is as likely. */
export function weigh(
  name: string,
  path: string,
  { requestBytes, heavyRate }: Weights,
  prng: Prng,
  parts = 1,
): string {
  if (!prng.chance(heavyRate)) return name;
  const room = Math.floor(requestBytes / parts) - REQUEST_OVERHEAD_BYTES - 2 * path.length;
  if (room <= LIGHTEST_BYTES) return name;
  return `${name}+${Math.floor(LIGHTEST_BYTES * (room / LIGHTEST_BYTES) ** prng.fraction())}`;
}

/** The heaviest value that setData may carry, and one byte `more` than that. */
export function heaviest(name: string, path: string, { requestBytes }: Weights, more = 0): string {
  return `${name}+${requestBytes - SET_OVERHEAD_BYTES - path.length + more}`;
}
