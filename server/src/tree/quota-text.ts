import { decodeUtf8, encodeUtf8, equalBytes } from '@rookery/protocol';

/** Longer texts are not taken; what the server makes of a shorter one, by writing it anew, is no longer than `MAX_READ_BYTES`. */
export const MAX_QUOTA_TEXT_BYTES = 1024;
const MAX_READ_BYTES = 4 * MAX_QUOTA_TEXT_BYTES;
/** Of a text that was read and is written anew. */
export const MAX_WRITTEN_BYTES = 4 * MAX_READ_BYTES;

const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

const COUNT = encodeUtf8('count');
const BYTES = encodeUtf8('bytes');
const COUNT_HARD_LIMIT = encodeUtf8('countHardLimit');
const BYTE_HARD_LIMIT = encodeUtf8('byteHardLimit');

const MAX_LONG = '9223372036854775807';
const MIN_LONG = '9223372036854775808';
/** What has no more digits is a safe integer. */
const SAFE_DIGITS = 15;

/** Of a limit: there is none. Of a count: nobody knows it. */
export const NO_VALUE = -1;

/** What the text of a `zookeeper_limits` or `zookeeper_stats` node says. */
export interface QuotaText {
  count: number;
  bytes: number;
  countHardLimit: number;
  byteHardLimit: number;
  /** All values but count and bytes, each as Java writes it, where they were asked for and there are any. */
  others: Map<string, string> | undefined;
}

export function emptyQuotaText(): QuotaText {
  return {
    count: NO_VALUE,
    bytes: NO_VALUE,
    countHardLimit: NO_VALUE,
    byteHardLimit: NO_VALUE,
    others: undefined,
  };
}

/**
 * Reads `count=4,bytes=5=;byteHardLimit=6;countHardLimit=7` as ZooKeeper's StatsTrack does: pairs between commas and semicolons, in any order,
 * the last one of a key counts, an unknown key is a value like any other, and what follows a second `=` does not matter. False where StatsTrack
 * would throw, and where the text is too long.
 */
export function readQuotaText(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: QuotaText,
  withOthers: boolean,
): boolean {
  into.count = NO_VALUE;
  into.bytes = NO_VALUE;
  into.countHardLimit = NO_VALUE;
  into.byteHardLimit = NO_VALUE;
  into.others = undefined;
  if (end - start > MAX_READ_BYTES) return false;
  let last = end;
  while (last > start && isSeparator(bytes[last - 1]!)) last--;
  for (let at = start; at < last; ) {
    let pairEnd = at;
    while (pairEnd < last && !isSeparator(bytes[pairEnd]!)) pairEnd++;
    if (!readPair(bytes, at, pairEnd, into, withOthers)) return false;
    at = pairEnd;
    while (at < last && isSeparator(bytes[at]!)) at++;
  }
  return true;
}

/** As StatsTrack writes it: count and bytes first, and an `=` behind them by which readers of ZooKeeper 3.4 do without what follows. */
export function writeQuotaText(
  count: number,
  bytes: number,
  others: ReadonlyMap<string, string> | undefined,
): string {
  const text = `count=${count},bytes=${bytes}`;
  if (others === undefined) return text;
  const more = [...others].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${text}=${more.map(([key, value]) => `;${key}=${value}`).join('')}`;
}

function isSeparator(byte: number): boolean {
  return byte === COMMA || byte === SEMICOLON;
}

function readPair(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: QuotaText,
  withOthers: boolean,
): boolean {
  let keyEnd = start;
  while (keyEnd < end && bytes[keyEnd] !== EQUALS) keyEnd++;
  let valueEnd = keyEnd + 1;
  while (valueEnd < end && bytes[valueEnd] !== EQUALS) valueEnd++;
  let value: string | number;
  if (valueEnd > keyEnd + 1 && keyEnd < end) {
    const long = readSmall(bytes, keyEnd + 1, valueEnd) ?? readLong(bytes, keyEnd + 1, valueEnd);
    if (long === undefined) return false;
    value = long;
  } else {
    // Java drops empty parts at the end, and only there.
    let restEnd = end;
    while (restEnd > keyEnd && bytes[restEnd - 1] === EQUALS) restEnd--;
    if (restEnd <= keyEnd + 1) return false;
    value = NO_VALUE;
  }
  if (isKey(COUNT, bytes, start, keyEnd)) into.count = Number(value);
  else if (isKey(BYTES, bytes, start, keyEnd)) into.bytes = Number(value);
  else {
    if (isKey(COUNT_HARD_LIMIT, bytes, start, keyEnd)) into.countHardLimit = Number(value);
    else if (isKey(BYTE_HARD_LIMIT, bytes, start, keyEnd)) into.byteHardLimit = Number(value);
    if (withOthers) {
      into.others ??= new Map();
      into.others.set(decodeUtf8(bytes, start, keyEnd), String(value));
    }
  }
  return true;
}

function isKey(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === key.length && equalBytes(key, 0, bytes, start, key.length);
}

/** What is nearly always there, digits that make a safe integer; undefined of anything else. */
function readSmall(bytes: Uint8Array, start: number, end: number): number | undefined {
  const from = bytes[start] === MINUS ? start + 1 : start;
  if (from === end || end - from > SAFE_DIGITS) return undefined;
  let value = 0;
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = 10 * value + digit;
  }
  return from === start || value === 0 ? value : -value;
}

/** A long as Java writes it; undefined where Long.parseLong would throw. */
function readLong(bytes: Uint8Array, start: number, end: number): string | undefined {
  const [, sign = '', written = ''] = /^([+-]?)(\d+)$/.exec(decodeUtf8(bytes, start, end)) ?? [];
  if (written === '') return undefined;
  const digits = written.replace(/^0+(?=\d)/, '');
  const most = sign === '-' ? MIN_LONG : MAX_LONG;
  if (digits.length > most.length || (digits.length === most.length && digits > most)) return undefined;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}
