// How near each limit is. No DOM here.

/**
 * @typedef {import('../../server/src/http/window/shapes.ts').MemberEntry} MemberEntry
 *
 * @typedef {object} Use
 * @property {number} serverId
 * @property {number} used
 * @property {number} most
 * @property {import('../../server/src/http/window/shapes.ts').LimitUse['unit']} unit
 * @property {number} part Of the limit, 0 to 1; more where it is exceeded.
 *
 * @typedef {object} Limit
 * @property {string} name
 * @property {string} what
 * @property {readonly Use[]} uses Of each member that tells, in the order of their ids.
 * @property {Use} worst
 */

/** Those that are equally near keep their order, and do not change places with each sample. @param {Limit} limit */
function hundredths({ worst }) {
  return Math.floor(worst.part * 100);
}

/**
 * The limits of all members, the nearest first.
 * @param {readonly MemberEntry[]} members
 * @returns {readonly Limit[]}
 */
export function nearest(members) {
  /** @type {Map<string, {readonly what: string, readonly uses: Use[]}>} */
  const byName = new Map();
  for (const { standing, report } of members) {
    for (const { name, what, used, most, unit } of report?.limits ?? []) {
      // There is none.
      if (most <= 0) continue;
      const limit = byName.get(name) ?? { what, uses: [] };
      limit.uses.push({ serverId: standing.serverId, used, most, unit, part: used / most });
      byName.set(name, limit);
    }
  }
  return [...byName]
    .map(([name, { what, uses }]) => ({
      name,
      what,
      uses,
      worst: uses.reduce((one, other) => (other.part > one.part ? other : one)),
    }))
    .sort((one, other) => hundredths(other) - hundredths(one) || (one.name < other.name ? -1 : 1));
}
