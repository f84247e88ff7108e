import { AT_END, type Point } from './replay.ts';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What is wrong with what was typed. */
export class UsageFault extends Error {
  override readonly name = 'UsageFault';
}

/** Throws UsageFault. */
export function pointOf(
  { atZxid, atTime }: { readonly atZxid?: string | undefined; readonly atTime?: string | undefined },
  nowMs: number,
): Point {
  if (atZxid !== undefined && atTime !== undefined) throw new UsageFault('--at-zxid or --at-time, not both');
  if (atZxid !== undefined) return { by: 'zxid', zxid: zxidOf(atZxid) };
  return atTime === undefined ? AT_END : { by: 'time', timeMs: timeOf(atTime, nowMs) };
}

function zxidOf(text: string): number {
  const zxid = /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(zxid)) return zxid;
  throw new UsageFault(`${text} is no zxid: 0x1a2b, or decimal digits`);
}

/** 2026-12-01T04:15:00Z (a zone is needed), or 90s-ago, 10m-ago, 2h-ago, 1d-ago. */
function timeOf(text: string, nowMs: number): number {
  const ago = /^(\d+)([smhd])-ago$/.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * UNITS_MS[ago[2] as keyof typeof UNITS_MS];
  const hasZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const timeMs = hasZone ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new UsageFault(`${text} is no time: 2026-12-01T04:15:00Z, with a zone, or 10m-ago`);
}
