// Numbers and times as people read them. – where nothing is known.

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** @param {number | undefined | null} value */
export function count(value) {
  return value === undefined || value === null ? '–' : WHOLE.format(value);
}

/** @param {number | undefined} value Per second. */
export function rate(value) {
  if (value === undefined) return '–';
  return value < 10_000 ? WHOLE.format(value) : COMPACT.format(value);
}

/** @param {number | undefined} value */
export function bytes(value) {
  if (value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value < 1024 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1);
  return `${(value / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** @param {number} value */
function significant(value) {
  return value === 0 ? '0' : String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}

/** @param {number | undefined} ms */
export function millis(ms) {
  if (ms === undefined) return '–';
  return ms < 1000 ? `${significant(ms)} ms` : span(ms);
}

/** Without its unit, where a table names that. @param {number | undefined} ms */
export function milliseconds(ms) {
  return ms === undefined ? '–' : ms < 1000 ? significant(ms) : WHOLE.format(ms);
}

/** How long something lasts, in its greatest unit and the one below. @param {number} ms */
export function span(ms) {
  const seconds = ms / 1000;
  if (seconds < 10) return `${significant(seconds)} s`;
  /** @type {readonly (readonly [number, string])[]} */
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const whole = Math.round(seconds);
  const at = units.findIndex(([size]) => whole >= size);
  const [size, name] = units[at] ?? [1, 's'];
  const [below, nameBelow] = units[at + 1] ?? [0, ''];
  const rest = below === 0 ? 0 : Math.floor((whole % size) / below);
  return `${Math.floor(whole / size)} ${name}${rest === 0 ? '' : ` ${rest} ${nameBelow}`}`;
}

/** @param {number} part 0 to 1. */
export function percent(part) {
  if (part > 0 && part < 0.01) return '< 1 %';
  return `${Math.floor(part * 100)} %`;
}

/** A time of day, with its date where that is another one than today's. @param {number} atMs @param {number} nowMs */
export function clockTime(atMs, nowMs) {
  const at = new Date(atMs);
  const time = at.toLocaleTimeString('en-GB');
  return at.toDateString() === new Date(nowMs).toDateString()
    ? time
    : `${at.toLocaleDateString('en-CA')} ${time}`;
}

/** `member 2`, `members 1, 2 and 3`. @param {readonly number[]} serverIds */
export function memberNames(serverIds) {
  const last = serverIds.at(-1);
  return serverIds.length < 2 ? `member ${last}` : `members ${serverIds.slice(0, -1).join(', ')} and ${last}`;
}

/** @param {string} text */
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.');
}

/** What is said of a session that a member has for those who come over HTTP. */
export const OWN_DOOR = 'over HTTP: a window such as this one, or /v1';
