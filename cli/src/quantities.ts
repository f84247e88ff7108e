import { UsageError } from './failures.ts';

const msOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const bytesOf: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Milliseconds of `500ms`, `5m`, `7d`, …; a number alone is seconds. Throws UsageError. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?$/.exec(text);
  if (match === null)
    throw new UsageError(`"${text}" is no time: a number with ms, s, m, h, d or w is expected, as in 5m`);
  return Math.round(Number(match[1]) * (msOf[match[2] ?? 's'] ?? 1));
}

/** Bytes of `10k`, `1M`, …, which are powers of 1024. Throws UsageError. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg])?(?:i?b)?$/i.exec(text);
  if (match === null)
    throw new UsageError(
      `"${text}" is no size: a number of bytes, or one with k, m or g is expected, as in 10k`,
    );
  return Math.round(Number(match[1]) * (bytesOf[(match[2] ?? '').toLowerCase()] ?? 1));
}

/** A whole number from 0 on. Throws UsageError, which calls it `what`. */
export function parseCount(text: string, what: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count > 0x7fff_ffff)
    throw new UsageError(`"${text}" is no ${what}: a whole number from 0 on is expected`);
  return count;
}

/** A port of TCP. Throws UsageError. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^[1-9]\d*$/.test(text) || port > 65_535)
    throw new UsageError(`"${text}" is no port: a number from 1 to 65535 is expected`);
  return port;
}

/** The two greatest units of a time, as in `3d 4h`. */
export function durationText(ms: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, ms);
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = msOf[unit]!;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0s' : parts.join(' ');
}

/** 1234567 as 1,234,567. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 node`, `2 nodes`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The greatest unit of a number of bytes, as in `73.5 GiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let size = bytes;
  while (size >= 1024 && at < units.length - 1) {
    size /= 1024;
    at++;
  }
  return `${at === 0 ? size : size.toFixed(1)} ${units[at]}`;
}
