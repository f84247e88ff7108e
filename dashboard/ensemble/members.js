// What is said of each member. No DOM here.

import { bytes, count, millis, rate, span } from '../shell/format.js';
import { ratesAt } from './history.js';
import { latencyRows } from './latency.js';
import { certificateDays, isInReach, isVoter, leaderOf, roleOf } from './verdict.js';

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').MemberEntry} MemberEntry
 * @typedef {import('./history.js').Sample} Sample
 * @typedef {ReturnType<typeof import('./history.js').createHistory>} History
 *
 * @typedef {object} MemberFacts
 * @property {number} serverId
 * @property {string} role As a badge says it; `not connected` where it is not in reach.
 * @property {string} kind Its class: `down` where it is not in reach.
 * @property {boolean} isAsked
 * @property {string} about Version, term and since when it runs.
 * @property {string} lag
 * @property {number | undefined} lagShare How full its bar is, 0 to 1; undefined where it has none.
 * @property {string} readiness `ready`, or why not, or why it is silent.
 * @property {'good' | 'warn' | 'bad'} readinessTone
 * @property {string} disk
 * @property {string} certificate
 * @property {string} clients
 * @property {string} requests
 * @property {string} sync
 * @property {string} loop
 * @property {boolean} canLead It can be asked to.
 * @property {boolean | undefined} isDraining undefined: it does not tell.
 */

/**
 * How full a lag bar is, 0 to 1: by its magnitude, so that 10 and 100,000 entries both can be seen.
 * @param {number} lagEntries
 */
export function lagShare(lagEntries) {
  return lagEntries <= 0 ? 0 : Math.min(1, Math.log10(1 + lagEntries) / 6);
}

/** @param {MemberEntry} entry @param {boolean} leads */
function lagOf(entry, leads) {
  const { lagEntries } = entry.standing;
  if (leads) return 'leads';
  if (lagEntries === undefined || !isInReach(entry)) return '–';
  if (lagEntries === 0) return 'in step';
  return `${count(lagEntries)} ${lagEntries === 1 ? 'entry' : 'entries'}`;
}

/** @param {MemberEntry} entry @returns {Pick<MemberFacts, 'readiness' | 'readinessTone'>} */
function readinessOf({ silent, report }) {
  if (report === undefined) return { readiness: silent ?? 'does not answer', readinessTone: 'bad' };
  if (report.status.draining) return { readiness: 'draining: about to stop', readinessTone: 'warn' };
  if (report.ready) return { readiness: 'ready', readinessTone: 'good' };
  return { readiness: report.status.reason || 'not ready', readinessTone: 'warn' };
}

/** @param {MemberEntry} entry @param {number} atMs */
function certificateOf(entry, atMs) {
  const days = certificateDays(entry, atMs);
  if (days === undefined) return entry.report === undefined ? '–' : 'none';
  return days < 0 ? 'has ended' : `${count(days)} ${days === 1 ? 'day' : 'days'}`;
}

/**
 * @param {Sample} sample The last one of the history.
 * @param {History} history
 * @returns {readonly MemberFacts[]}
 */
export function memberFacts({ report, atMs }, history) {
  const leader = leaderOf(report);
  const point = history.points().at(-1);
  return report.members.map((entry) => {
    const { standing, report: own } = entry;
    const { serverId } = standing;
    const isHere = isInReach(entry);
    const role = roleOf(entry);
    const rates = point?.atMs === atMs ? ratesAt(point, serverId) : undefined;
    const before = history.minuteAgo(serverId)?.durations ?? [];
    const rows = latencyRows(own === undefined ? [] : [{ before, now: own.durations }]);
    /** @param {string} key */
    const p99 = (key) => millis(rows.find((row) => row.key === key)?.percentiles?.p99);
    return {
      serverId,
      role: isHere ? role : 'not connected',
      kind: isHere ? role : 'down',
      isAsked: serverId === report.askedMember,
      about:
        own === undefined
          ? standing.address
          : `${own.version} · term ${own.status.term} · up ${span(own.uptimeMs)}`,
      lag: lagOf(entry, serverId === leader),
      lagShare:
        serverId === leader || standing.lagEntries === undefined || !isHere
          ? undefined
          : lagShare(standing.lagEntries),
      ...readinessOf(entry),
      disk: bytes(own?.metrics.diskFreeBytes),
      certificate: certificateOf(entry, report.atMs),
      clients: count(own?.metrics.connections ?? standing.connections),
      requests: rate(rates === undefined ? undefined : rates.reads + rates.writes),
      sync: p99('logSync'),
      loop: p99('eventLoopDelay'),
      canLead:
        serverId !== leader &&
        leader !== undefined &&
        isHere &&
        isVoter(entry) &&
        own?.status.draining !== true,
      isDraining: own?.status.draining,
    };
  });
}
