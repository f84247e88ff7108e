// What was told in the last minutes: rates and the durations between. No DOM and no clock here.

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').EnsembleReport} EnsembleReport
 * @typedef {import('../../server/src/http/window/shapes.ts').MemberReport} MemberReport
 * @typedef {import('../../server/src/http/window/shapes.ts').DurationCounts} DurationCounts
 *
 * @typedef {{readonly reads: number, readonly writes: number}} Rates Per second.
 *
 * @typedef {object} Point
 * @property {number} atMs
 * @property {ReadonlyMap<number, Rates>} byMember Of those whose rates are known.
 *
 * @typedef {object} Sample
 * @property {EnsembleReport} report
 * @property {number} atMs On a clock that never goes back.
 */

export const CHART_MS = 120_000;
const MINUTE_MS = 60_000;
/** Rounds that are further apart than this were not asked one after the other: the page was hidden. */
const PAUSE_MS = 10_000;

/** @param {EnsembleReport} report @param {number} serverId @returns {MemberReport | undefined} */
export function reportOf({ members }, serverId) {
  return members.find(({ standing }) => standing.serverId === serverId)?.report;
}

/**
 * @param {MemberReport | undefined} before
 * @param {MemberReport | undefined} now
 */
function isSameProcess(before, now) {
  return before !== undefined && now !== undefined && before.status.instance === now.status.instance;
}

/**
 * @param {Sample} before
 * @param {Sample} now
 * @param {number} serverId
 * @returns {Rates | undefined}
 */
export function ratesOf(before, now, serverId) {
  const from = reportOf(before.report, serverId);
  const to = reportOf(now.report, serverId);
  // By its own clock: an answer may have been under way, or kept for others who look, for a while.
  const passedMs = (to?.uptimeMs ?? 0) - (from?.uptimeMs ?? 0);
  if (!isSameProcess(from, to) || passedMs <= 0) return undefined;
  /** @param {string} name */
  const perSecond = (name) =>
    Math.max(0, (((to?.metrics[name] ?? 0) - (from?.metrics[name] ?? 0)) * 1000) / passedMs);
  return { reads: perSecond('readsTotal'), writes: perSecond('writesTotal') };
}

/** Bounded: the last minute whole, and two minutes of rates. */
export function createHistory() {
  /** @type {Sample[]} */
  let samples = [];
  /** @type {Point[]} */
  let points = [];

  return {
    /** @param {Sample} now */
    add(now) {
      const before = samples.at(-1);
      if (before !== undefined && now.atMs - before.atMs <= PAUSE_MS) {
        /** @type {Map<number, Rates>} */
        const byMember = new Map();
        for (const { standing } of now.report.members) {
          const rates = ratesOf(before, now, standing.serverId);
          if (rates !== undefined) byMember.set(standing.serverId, rates);
        }
        points.push({ atMs: now.atMs, byMember });
      }
      samples.push(now);
      samples = samples.filter(({ atMs }) => atMs >= now.atMs - MINUTE_MS);
      points = points.filter(({ atMs }) => atMs >= now.atMs - CHART_MS);
    },
    /** @returns {readonly Point[]} */
    points: () => points,
    /**
     * What a member had told of durations at the beginning of the last minute, or later where the page was not open yet.
     * @param {number} serverId
     * @returns {{readonly durations: readonly DurationCounts[], readonly agoMs: number} | undefined} undefined where nothing is known to compare with.
     */
    minuteAgo(serverId) {
      const now = samples.at(-1);
      if (now === undefined) return undefined;
      const current = reportOf(now.report, serverId);
      const first = samples.find(
        (sample) => sample !== now && isSameProcess(reportOf(sample.report, serverId), current),
      );
      if (first === undefined) return undefined;
      const durations = reportOf(first.report, serverId)?.durations ?? [];
      return { durations, agoMs: now.atMs - first.atMs };
    },
  };
}

/**
 * Of one member, or of all together.
 * @param {Point} point
 * @param {number | undefined} serverId undefined: all.
 * @returns {Rates | undefined}
 */
export function ratesAt({ byMember }, serverId) {
  if (serverId !== undefined) return byMember.get(serverId);
  if (byMember.size === 0) return undefined;
  const all = [...byMember.values()];
  return {
    reads: all.reduce((sum, { reads }) => sum + reads, 0),
    writes: all.reduce((sum, { writes }) => sum + writes, 0),
  };
}
