/** Numbers and dates in the forms that Java prints, because programs parse them. */

const DAY_MS = 86_400_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Mon Nov 23 01:26:16 UTC 2026`, of milliseconds since 1970. */
export function javaDate(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const { year, month, day } = civil(days);
  const seconds = Math.floor((ms - days * DAY_MS) / 1_000);
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits);
  // 1 January 1970 was a Thursday.
  const weekday = WEEKDAYS[(((days + 4) % 7) + 7) % 7]!;
  return `${weekday} ${MONTHS[month - 1]!} ${twoDigits(day)} ${time.join(':')} UTC ${year}`;
}

/** The Gregorian date of a day counted from 1 January 1970; years begin in March here, so that the leap day is their last. */
function civil(days: number): { year: number; month: number; day: number } {
  const fromEra = days + 719_468;
  const era = Math.floor(fromEra / 146_097);
  const dayOfEra = fromEra - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1 };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A double with up to four digits behind the point, and at least one. */
export function javaDouble(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000;
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
}

/** A signed 64-bit number in hexadecimal digits, as Long.toHexString. */
export function javaHex(value: number): string {
  if (value >= 0) return value.toString(16);
  const low = (value >>> 0).toString(16).padStart(8, '0');
  const high = (Math.floor(value / 2 ** 32) >>> 0).toString(16).padStart(8, '0');
  return high + low;
}
