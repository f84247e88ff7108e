// Who led when, put together from what all members saw. No DOM here.

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').MemberEntry} MemberEntry
 * @typedef {import('../../server/src/http/window/shapes.ts').LeaderChange} LeaderChange
 *
 * @typedef {object} Reign
 * @property {'reign'} kind
 * @property {number} term
 * @property {number} leader
 * @property {number} fromMs
 * @property {number} toMs
 * @property {boolean} isOn It goes on.
 *
 * @typedef {object} Gap Nobody led.
 * @property {'gap'} kind
 * @property {number} term Of the reign that ended it; 0 while it is on.
 * @property {number} fromMs
 * @property {number} toMs
 * @property {boolean} isOn
 */

/** Answers of one round come within this time: clocks that differ by no more are not told apart from it. */
const ROUND_MS = 2500;

/**
 * What members saw, each by the clock of the member that was asked.
 * @param {readonly MemberEntry[]} members
 * @param {number} atMs
 * @returns {readonly {readonly serverId: number, readonly changes: readonly LeaderChange[]}[]}
 */
function seen(members, atMs) {
  return members.flatMap(({ standing, report }) => {
    if (report === undefined) return [];
    const ahead = report.nowMs - atMs;
    const skew = Math.abs(ahead) <= ROUND_MS ? 0 : ahead;
    const changes = report.leaderChanges.map((change) => ({ ...change, atMs: change.atMs - skew }));
    return [{ serverId: standing.serverId, changes }];
  });
}

/**
 * The reigns, the oldest first, each since the first member knew of it. A term has one leader at most.
 * `leaderlessMs` is what the new leader measured itself, or, where it does not tell, the least that any member did: one that was cut off for an hour
 * knew of no leader for an hour, though the others had one.
 * @param {ReturnType<typeof seen>} told
 */
function reignsOf(told) {
  /** @type {Map<number, {term: number, leader: number, fromMs: number, leaderlessMs: number, isOwn: boolean}>} */
  const byTerm = new Map();
  for (const { serverId, changes } of told) {
    for (const { atMs, term, leader, leaderlessMs } of changes) {
      if (leader === null) continue;
      const isOwn = leader === serverId;
      const reign = byTerm.get(term);
      if (reign === undefined) {
        byTerm.set(term, { term, leader, fromMs: atMs, leaderlessMs, isOwn });
        continue;
      }
      reign.fromMs = Math.min(reign.fromMs, atMs);
      if (isOwn) reign.leaderlessMs = leaderlessMs;
      else if (!reign.isOwn) reign.leaderlessMs = Math.min(reign.leaderlessMs, leaderlessMs);
      reign.isOwn ||= isOwn;
    }
  }
  return [...byTerm.values()].sort((one, other) => one.term - other.term);
}

/**
 * Since when nobody leads, where that is so now: since the first member noticed it, of those that tell.
 * @param {ReturnType<typeof seen>} told
 * @param {number} sinceMs Of the last reign.
 */
function leaderlessSince(told, sinceMs) {
  const last = told.flatMap(({ changes }) => changes.slice(-1));
  if (last.length === 0 || last.some(({ leader }) => leader !== null)) return undefined;
  return Math.max(sinceMs, Math.min(...last.map(({ atMs }) => atMs)));
}

/**
 * @param {readonly MemberEntry[]} members
 * @param {number} atMs Now, by the clock of the member that was asked.
 * @returns {readonly (Reign | Gap)[]} Ascending, without overlaps, up to now. A new leader that was known at once leaves no gap.
 */
export function leadership(members, atMs) {
  const told = seen(members, atMs);
  /** @type {(Reign | Gap)[]} */
  const line = [];
  for (const [at, { term, leader, fromMs: knownMs, leaderlessMs }] of reignsOf(told).entries()) {
    const previous = line.at(-1);
    // Clocks differ: a later term is never shown before an earlier one.
    const fromMs = Math.max(knownMs, previous?.fromMs ?? knownMs);
    const gapMs = Math.max(fromMs - leaderlessMs, previous?.fromMs ?? fromMs);
    if (previous !== undefined) previous.toMs = gapMs;
    // Of what was before the first one nothing is known.
    if (at > 0 && gapMs < fromMs) line.push({ kind: 'gap', term, fromMs: gapMs, toMs: fromMs, isOn: false });
    line.push({ kind: 'reign', term, leader, fromMs, toMs: Math.max(atMs, fromMs), isOn: false });
  }
  const last = line.at(-1);
  const gapSince = leaderlessSince(told, last?.fromMs ?? Number.NEGATIVE_INFINITY);
  if (gapSince === undefined) {
    if (last !== undefined) last.isOn = true;
    return line;
  }
  if (last !== undefined) last.toMs = gapSince;
  line.push({ kind: 'gap', term: 0, fromMs: gapSince, toMs: Math.max(atMs, gapSince), isOn: true });
  return line;
}

/**
 * The part of it that lies within the last `rangeMs`, placed from 0 (then) to 1 (now).
 * @param {readonly (Reign | Gap)[]} line
 * @param {number} atMs
 * @param {number} rangeMs
 */
export function placed(line, atMs, rangeMs) {
  const fromMs = atMs - rangeMs;
  return line
    .filter(({ toMs }) => toMs > fromMs)
    .map((part) => {
      const from = Math.max(0, (part.fromMs - fromMs) / rangeMs);
      return { part, from, to: Math.min(1, Math.max(from, (part.toMs - fromMs) / rangeMs)) };
    });
}
