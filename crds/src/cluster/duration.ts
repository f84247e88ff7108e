import { textLike } from '../schema/builder.ts';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const PATTERN = '^([1-9][0-9]{0,8})(ms|s|m|h)$';

/** A length of time such as `500ms`, `2s`, `10m` or `24h`: a whole number and one unit. */
export function duration(description: string, min: string, max: string) {
  return textLike(
    description,
    PATTERN,
    'write a length of time as a whole number and a unit, ms, s, m or h, such as "500ms" or "2s"',
    { maxLength: 11 },
    {
      rule: `duration(self) >= duration('${min}') && duration(self) <= duration('${max}')`,
      message: `write a length of time from ${min} to ${max}`,
    },
  );
}

/** In milliseconds. Throws a RangeError for what the schema would have refused. */
export function durationMs(text: string): number {
  const match = new RegExp(PATTERN).exec(text);
  const unit = match?.[2] as keyof typeof UNIT_MS | undefined;
  if (match === null || unit === undefined) {
    throw new RangeError(
      `"${text}" is no length of time: a whole number and a unit, ms, s, m or h, such as 2s`,
    );
  }
  return Number(match[1]) * UNIT_MS[unit];
}
