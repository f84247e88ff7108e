// Percentiles of durations, over members and over any time. No DOM here.

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').DurationCounts} DurationCounts
 *
 * @typedef {object} Percentiles In milliseconds; each is a bound that this part of all durations does not exceed.
 * @property {number} p50
 * @property {number} p90
 * @property {number} p99
 * @property {number} p999
 * @property {number} max
 * @property {number} count
 *
 * @typedef {object} LatencyRow
 * @property {string} key
 * @property {string} title
 * @property {Percentiles | undefined} percentiles undefined where nothing happened.
 */

/** What is told of a member besides its operations, with what it is for people. */
const INTERNAL = new Map([
  ['logSync', 'Sync of the log'],
  ['commit', 'Commit (by a majority)'],
  ['apply', 'Apply'],
  ['eventLoopDelay', 'Event-loop delay'],
]);

/** @param {DurationCounts} duration */
export function keyOf({ of, operation = '' }) {
  return operation === '' ? of : `${of} ${operation}`;
}

/**
 * What came between two tellings of one member: all of the later one where it started anew meanwhile.
 * @param {DurationCounts | undefined} before
 * @param {DurationCounts} now
 * @returns {DurationCounts}
 */
export function between(before, now) {
  if (before === undefined || before.counts.length !== now.counts.length) return now;
  const counts = now.counts.map((count, at) => count - (before.counts[at] ?? 0));
  if (counts.some((count) => count < 0)) return now;
  // The greatest of all times is the greatest of these where it grew; where it did not, the bound of the highest filled bucket is all that is known.
  const highest = counts.findLastIndex((count) => count > 0);
  const bound = now.bounds[highest] ?? now.maxMs;
  return {
    ...now,
    counts,
    count: now.count - before.count,
    sumMs: now.sumMs - before.sumMs,
    maxMs: now.maxMs > before.maxMs ? now.maxMs : Math.min(bound, now.maxMs),
  };
}

/**
 * Durations of several members as one. Those with other bounds than the first have no place in it.
 * @param {readonly DurationCounts[]} durations
 * @returns {DurationCounts | undefined}
 */
export function together(durations) {
  const [first, ...others] = durations;
  if (first === undefined) return undefined;
  const all = [first, ...others.filter(({ bounds }) => bounds.join() === first.bounds.join())];
  /** @param {(durations: DurationCounts) => number} number */
  const sum = (number) => all.reduce((total, each) => total + number(each), 0);
  return {
    ...first,
    counts: first.counts.map((_, at) => sum(({ counts }) => counts[at] ?? 0)),
    count: sum(({ count }) => count),
    sumMs: sum(({ sumMs }) => sumMs),
    maxMs: Math.max(...all.map(({ maxMs }) => maxMs)),
  };
}

/**
 * @param {DurationCounts} durations
 * @param {number} part 0 to 1.
 */
function quantile({ bounds, counts, count, maxMs }, part) {
  let below = 0;
  for (const [at, bound] of bounds.entries()) {
    below += counts[at] ?? 0;
    if (below >= part * count) return Math.min(bound, maxMs);
  }
  return maxMs;
}

/**
 * @param {DurationCounts | undefined} durations
 * @returns {Percentiles | undefined}
 */
export function percentilesOf(durations) {
  if (durations === undefined || durations.count === 0) return undefined;
  return {
    p50: quantile(durations, 0.5),
    p90: quantile(durations, 0.9),
    p99: quantile(durations, 0.99),
    p999: quantile(durations, 0.999),
    max: durations.maxMs,
    count: durations.count,
  };
}

/**
 * One row for each kind of work, what is the member's own first, then operations by their names: rows do not move as numbers change.
 * @param {readonly {readonly before: readonly DurationCounts[], readonly now: readonly DurationCounts[]}[]} members `before` is empty for all since the start.
 * @returns {readonly LatencyRow[]}
 */
export function latencyRows(members) {
  /** @type {Map<string, {readonly title: string, readonly order: string, readonly durations: DurationCounts[]}>} */
  const rows = new Map();
  for (const { before, now } of members) {
    const earlier = new Map(before.map((duration) => [keyOf(duration), duration]));
    for (const duration of now) {
      const row = rows.get(keyOf(duration)) ?? begunRow(duration);
      if (row === undefined) continue;
      row.durations.push(between(earlier.get(keyOf(duration)), duration));
      rows.set(keyOf(duration), row);
    }
  }
  return [...rows]
    .sort(([, one], [, other]) => (one.order < other.order ? -1 : 1))
    .map(([key, { title, durations }]) => ({ key, title, percentiles: percentilesOf(together(durations)) }));
}

/** @param {DurationCounts} duration */
function begunRow({ of, operation }) {
  if (of === 'request') return { title: operation ?? 'requests', order: `1${operation}`, durations: [] };
  const title = INTERNAL.get(of);
  // Elections have a drawing of their own.
  if (title === undefined) return undefined;
  return { title, order: `0${[...INTERNAL.keys()].indexOf(of)}`, durations: [] };
}

const HEAT_BOUNDS_MS = [1, 2.5, 5, 10, 25, 100, 500];

/** From 0, which nobody notices, to 7. @param {number} ms */
export function heatOf(ms) {
  const at = HEAT_BOUNDS_MS.findIndex((bound) => ms <= bound);
  return at < 0 ? HEAT_BOUNDS_MS.length : at;
}
