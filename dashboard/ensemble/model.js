// What the page says, worked out of what the member says. No DOM here.

/**
 * @typedef {object} Standing One member, as the one that serves this page sees it (MemberStanding of the server).
 * @property {number} serverId
 * @property {number} raftId
 * @property {string} role
 * @property {string} address
 * @property {string} [clientAddress]
 * @property {number} [lagEntries]
 * @property {boolean} connected
 * @property {boolean} [ready]
 * @property {number} [connections]
 * @property {number} [requestsTotal]
 *
 * @typedef {object} Self
 * @property {number} serverId
 * @property {string} clusterId
 * @property {string} role
 * @property {number} term
 * @property {number} [leader]
 * @property {number} lastZxid
 * @property {number} appliedIndex
 * @property {number} commitIndex
 * @property {boolean} ready
 * @property {string} reason
 *
 * @typedef {object} Answer The body of GET /admin/members.
 * @property {string} version
 * @property {Self} self
 * @property {readonly Standing[]} members
 * @property {Readonly<Record<string, number>>} metrics
 *
 * @typedef {object} Sample
 * @property {Answer} answer
 * @property {number} atMs On a clock that never goes back.
 *
 * @typedef {object} Verdict
 * @property {'good' | 'warn' | 'bad'} tone
 * @property {string} headline
 * @property {string} detail
 */

/** Fewer than this many entries behind is the ordinary delay of replication. */
export const LAG_OF_NOTE = 1000;

/** @param {Standing} member */
export function isVoter(member) {
  return member.role !== 'learner' && member.role !== 'joining';
}

/** @param {readonly number[]} serverIds */
function names(serverIds) {
  const last = serverIds.at(-1);
  return serverIds.length < 2 ? `member ${last}` : `members ${serverIds.slice(0, -1).join(', ')} and ${last}`;
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');
}

/**
 * The one thing to know, first.
 * @param {Answer} answer
 * @returns {Verdict}
 */
export function verdict({ self, members }) {
  const voters = members.filter(isVoter);
  const away = members.filter((member) => !member.connected).map((member) => member.serverId);
  const votersHere = voters.filter((member) => member.connected).length;
  const quorum = Math.floor(voters.length / 2) + 1;
  const spare = votersHere - quorum;
  if (self.leader === undefined || self.leader === null) {
    const detail =
      votersHere < quorum
        ? `This member reaches ${votersHere} of ${voters.length} voters, itself included; ${quorum} are needed.`
        : 'An election is under way. Writes wait until it ends.';
    return { tone: 'bad', headline: 'No leader', detail };
  }
  if (!self.ready) {
    return {
      tone: 'warn',
      headline: `Member ${self.serverId} is not ready`,
      detail: sentence(self.reason === '' ? 'it does not say why' : self.reason),
    };
  }
  const behind = members.filter((member) => (member.lagEntries ?? 0) >= LAG_OF_NOTE);
  if (away.length > 0) {
    const more = spare > 0 ? `${spare} more may fail` : 'no further voter may fail without writes stopping';
    return {
      tone: 'warn',
      headline: `${sentence(names(away)).slice(0, -1)} ${away.length > 1 ? 'are' : 'is'} not connected`,
      detail: `Member ${self.leader} leads with ${votersHere} of ${voters.length} voters in reach; ${more}.`,
    };
  }
  if (behind.length > 0) {
    const serverIds = behind.map((member) => member.serverId);
    return {
      tone: 'warn',
      headline: `${sentence(names(serverIds)).slice(0, -1)} ${serverIds.length > 1 ? 'are' : 'is'} catching up`,
      detail: `Member ${self.leader} leads; all members are connected.`,
    };
  }
  if (members.length === 1) {
    return { tone: 'good', headline: 'In order', detail: 'One member alone: its disk is the only copy.' };
  }
  return {
    tone: 'good',
    headline: 'All members are in step',
    detail: `Member ${self.leader} leads ${members.length} members; ${spare === 1 ? 'one voter' : `${spare} voters`} may fail without harm.`,
  };
}

/**
 * The growth per second of a counter; undefined where it cannot be told (first sample, or the member started anew).
 * @param {Sample | undefined} before
 * @param {Sample} now
 * @param {(answer: Answer) => number | undefined} counter
 */
export function perSecond(before, now, counter) {
  if (before === undefined || now.atMs <= before.atMs) return undefined;
  const from = counter(before.answer);
  const to = counter(now.answer);
  if (from === undefined || to === undefined || to < from) return undefined;
  return ((to - from) * 1000) / (now.atMs - before.atMs);
}

/**
 * Requests per second of one member: of this one from its metrics, of others where they tell.
 * @param {Sample | undefined} before
 * @param {Sample} now
 * @param {number} serverId
 */
export function requestsPerSecond(before, now, serverId) {
  return perSecond(before, now, ({ self, members, metrics }) =>
    self.serverId === serverId
      ? (metrics.readsTotal ?? 0) + (metrics.writesTotal ?? 0)
      : members.find((member) => member.serverId === serverId)?.requestsTotal,
  );
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** @param {number | undefined | null} value */
export function count(value) {
  return value === undefined || value === null ? '–' : WHOLE.format(value);
}

/** @param {number | undefined} value */
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

/** @param {number | undefined} value */
export function millis(value) {
  return value === undefined ? '–' : `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

/**
 * Mean duration of a sync of the log between two samples, in milliseconds.
 * @param {Sample | undefined} before
 * @param {Sample} now
 */
export function syncMs(before, now) {
  const syncs = perSecond(before, now, ({ metrics }) => metrics.logSyncsTotal);
  const seconds = perSecond(before, now, ({ metrics }) => metrics.logSyncSecondsTotal);
  // Nothing was synced, or the member does not measure it.
  if (syncs === undefined || seconds === undefined || syncs === 0 || seconds === 0) return undefined;
  return (seconds / syncs) * 1000;
}

/**
 * How full a lag bar is, 0 to 1: by its magnitude, so that 10 and 100,000 entries both can be seen.
 * @param {number} lagEntries
 */
export function lagShare(lagEntries) {
  return lagEntries <= 0 ? 0 : Math.min(1, Math.log10(1 + lagEntries) / 6);
}
