import { UsageError } from '../failures.ts';
import { parseDuration } from '../quantities.ts';

/** A moment of the tree: right after that write, or at that time (ms since 1970). */
export type Moment = { readonly zxid: number } | { readonly timeMs: number };

const EXPECTED =
  'a zxid as in 0x2f301 or 193281, a time as in 2026-01-01T00:00:00Z, how long ago as in 1h-ago, or now';

/** Throws UsageError. */
export function parseMoment(text: string, nowMs: number): Moment {
  if (text === 'now') return { timeMs: nowMs };
  const ago = /^(.+)-ago$/.exec(text)?.[1];
  if (ago !== undefined) return { timeMs: nowMs - parseDuration(ago) };
  if (/^(?:0x[0-9a-f]{1,14}|[0-9]{1,16})$/i.test(text)) {
    const zxid = Number(text);
    if (Number.isSafeInteger(zxid)) return { zxid };
  }
  const timeMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) throw new UsageError(`"${text}" is no moment: ${EXPECTED} is expected`);
  return { timeMs };
}

/** `@a..@b`, or `@a`, which is up to now. */
export function parseMoments(text: string, nowMs: number): readonly [Moment, Moment] {
  const match = /^@(.+?)(?:\.\.@(.+))?$/.exec(text);
  if (match === null) throw new UsageError(`"${text}" are no two moments: @A..@B is expected`);
  return [parseMoment(match[1] ?? '', nowMs), parseMoment(match[2] ?? 'now', nowMs)];
}

/** As parameters of a question; `prefix` says of which moment of two. */
export function parametersOf(
  moment: Moment,
  prefix: '' | 'after' | 'to' = '',
): Readonly<Record<string, string>> {
  const [name, value] = 'zxid' in moment ? ['zxid', moment.zxid] : ['timeMs', moment.timeMs];
  const key = prefix === '' ? name : `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`;
  return { [key]: String(value) };
}
