// The one thing to know of the ensemble, first. No DOM here.

import { memberNames, percent, sentence } from '../shell/format.js';
import { nearest } from './limits.js';

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').EnsembleReport} EnsembleReport
 * @typedef {import('../../server/src/http/window/shapes.ts').MemberEntry} MemberEntry
 *
 * @typedef {object} Verdict
 * @property {'good' | 'warn' | 'bad'} tone
 * @property {string} headline One sentence: how it is, and how many more may fail.
 * @property {string} detail
 * @property {readonly string[]} notes What else is to be looked at, the gravest first.
 */

/** Fewer than this many entries behind is the ordinary delay of replication. */
export const LAG_OF_NOTE = 1000;
const DAY_MS = 86_400_000;
const CERTIFICATE_OF_NOTE_DAYS = 14;
const LIMIT_OF_NOTE = 0.9;

/** As it says of itself, or as the asked member sees it. @param {MemberEntry} entry */
export function roleOf({ standing, report }) {
  if (report !== undefined) return report.status.role;
  return standing.role === 'voter' ? 'follower' : standing.role;
}

/** @param {MemberEntry} entry */
export function isVoter({ standing }) {
  return standing.role !== 'learner' && standing.role !== 'joining';
}

/** A member that answers is there, whatever the asked one's link to it says. @param {MemberEntry} entry */
export function isInReach({ standing, report }) {
  return standing.connected || report !== undefined;
}

/**
 * Who leads: of those that say so themselves the one with the newest term, or whom the asked member follows.
 * @param {EnsembleReport} report
 * @returns {number | undefined}
 */
export function leaderOf({ members, askedMember }) {
  const leading = members
    .filter(({ report }) => report?.status.role === 'leader')
    .sort((one, other) => (other.report?.status.term ?? 0) - (one.report?.status.term ?? 0));
  const [first] = leading;
  if (first !== undefined) return first.standing.serverId;
  const followed = members.find(({ standing }) => standing.serverId === askedMember)?.report?.status.leader;
  const entry = members.find(({ standing }) => standing.serverId === followed);
  // One that told of itself leads no longer.
  return entry !== undefined && entry.report === undefined ? followed : undefined;
}

/** Days until the first of its certificates ends; undefined where it shows none. @param {MemberEntry} entry @param {number} atMs */
export function certificateDays({ report }, atMs) {
  const ends = (report?.status.certificates ?? []).map(({ notAfter }) => Date.parse(notAfter));
  return ends.length === 0 ? undefined : Math.floor((Math.min(...ends) - atMs) / DAY_MS);
}

/** @param {EnsembleReport} report */
export function quorumOf({ members }) {
  const voters = members.filter(isVoter);
  const inReach = voters.filter(isInReach).length;
  const needed = Math.floor(voters.length / 2) + 1;
  return { voters: voters.length, inReach, needed, spare: inReach - needed };
}

/** @param {EnsembleReport} report */
function margin(report) {
  const { voters, spare, inReach } = quorumOf(report);
  if (voters === 1) return 'its disk is the only copy';
  if (spare < 0) return 'from here too few voters are in reach to write';
  if (spare === 0)
    return inReach < voters ? 'one more failure and writes stop' : 'one failure and writes stop';
  const many = spare === 1 ? 'one voter' : `${spare} voters`;
  return inReach < voters ? `${many} more may fail before writes stop` : `${many} may fail without harm`;
}

/** @param {readonly MemberEntry[]} entries @param {string} one @param {string} many */
function those(entries, one, many) {
  const serverIds = entries.map(({ standing }) => standing.serverId);
  return `${memberNames(serverIds)} ${entries.length > 1 ? many : one}`;
}

/**
 * What is wrong with members, the gravest first.
 * @param {EnsembleReport} report
 * @returns {readonly {readonly tone: 'warn' | 'bad', readonly text: string}[]}
 */
function problemsOf({ members, atMs }) {
  /** @type {{readonly tone: 'warn' | 'bad', readonly text: string}[]} */
  const problems = [];
  /** @param {(entry: MemberEntry) => boolean} is @param {string} one @param {string} many */
  const say = (is, one, many) => {
    const found = members.filter(is);
    if (found.length > 0) problems.push({ tone: 'warn', text: those(found, one, many) });
  };
  for (const { standing, report } of members) {
    const { differs } = report?.status ?? {};
    if (differs === undefined) continue;
    const text = `member ${standing.serverId} has another state than the others since log index ${differs.index}`;
    problems.push({ tone: 'bad', text });
  }
  say((entry) => !isInReach(entry), 'is not connected', 'are not connected');
  for (const { standing, report } of members) {
    if (report === undefined || report.ready) continue;
    const reason = report.status.reason === '' ? 'it does not say why' : report.status.reason;
    problems.push({ tone: 'warn', text: `member ${standing.serverId} is not ready: ${reason}` });
  }
  say(({ standing }) => (standing.lagEntries ?? 0) >= LAG_OF_NOTE, 'is catching up', 'are catching up');
  say((entry) => isInReach(entry) && entry.report === undefined, 'does not answer', 'do not answer');
  say(
    ({ report }) => (report?.metrics.diskRoom ?? 0) > 0,
    'has little room on its disk',
    'have little room on their disks',
  );
  for (const entry of members) {
    const days = certificateDays(entry, atMs);
    if (days === undefined || days >= CERTIFICATE_OF_NOTE_DAYS) continue;
    const when = days < 0 ? 'has ended' : days === 0 ? 'ends within a day' : `ends in ${days} days`;
    problems.push({ tone: 'warn', text: `a certificate of member ${entry.standing.serverId} ${when}` });
  }
  for (const { what, worst } of nearest(members)) {
    if (worst.part < LIMIT_OF_NOTE) continue;
    problems.push({
      tone: 'warn',
      text: `member ${worst.serverId} is at ${percent(worst.part)} of its limit: ${what}`,
    });
  }
  return problems;
}

/**
 * @param {EnsembleReport} report
 * @returns {Verdict}
 */
export function verdict(report) {
  const { members } = report;
  const leader = leaderOf(report);
  const problems = problemsOf(report);
  const { voters, inReach, needed, spare } = quorumOf(report);
  if (leader === undefined) {
    const isPossible = inReach >= needed;
    return {
      tone: 'bad',
      headline: isPossible
        ? 'Nobody leads: an election is under way, and writes wait until it ends.'
        : 'Nobody leads: too few voters are in reach, and writes have stopped.',
      detail: `Member ${report.askedMember} reaches ${inReach} of ${voters} voters, itself included; ${needed} are needed.`,
      notes: problems.map(({ text }) => sentence(text)),
    };
  }
  const [first, ...others] = problems;
  const step =
    voters === 1 && members.length === 1 ? 'one member alone, in order' : 'all members are in step';
  return {
    tone: first?.tone ?? 'good',
    headline: sentence(`${first?.text ?? step}; ${margin(report)}`),
    detail:
      members.length === 1
        ? 'It leads itself.'
        : `Member ${leader} leads ${spare < 0 ? 'as far as is known here' : `with ${inReach} of ${voters} voters in reach`}.`,
    notes: others.map(({ text }) => sentence(text)),
  };
}
