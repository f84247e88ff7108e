// What a stat says, in words.

/** @typedef {import('../../server/src/http/v1/node-shapes.ts').StatJson} StatJson */

const WHOLE = new Intl.NumberFormat('en');

/** @type {readonly (readonly [unit: string, ms: number])[]} */
const UNITS = [
  ['year', 365 * 24 * 3600_000],
  ['month', 30 * 24 * 3600_000],
  ['day', 24 * 3600_000],
  ['hour', 3600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/**
 * @param {number} atMs
 * @param {number} nowMs Clocks differ: a moment ahead is just now.
 */
export function ago(atMs, nowMs) {
  const ms = nowMs - atMs;
  if (ms < -60_000) return 'at a time that is yet to come';
  const unit = UNITS.find(([, size]) => ms >= size);
  if (unit === undefined || ms < 5000) return 'just now';
  const many = Math.floor(ms / unit[1]);
  return `${many} ${unit[0]}${many === 1 ? '' : 's'} ago`;
}

/** @param {number} sinceMs @param {number} nowMs @returns {string} Such as "for 3 minutes". */
export function lasting(sinceMs, nowMs) {
  const text = ago(sinceMs, nowMs);
  return text.endsWith(' ago') ? `for ${text.slice(0, -' ago'.length)}` : text;
}

/** @param {number} many @param {string} one @param {string} [more] */
export function counted(many, one, more = `${one}s`) {
  return `${WHOLE.format(many)} ${many === 1 ? one : more}`;
}

/** @param {number} zxid */
export function zxidText(zxid) {
  return `0x${zxid.toString(16)}`;
}

/** @param {string} owner As a stat has it. @returns {string | null} null: it goes with no session. */
export function ownerOf(owner) {
  return owner === '0x0' ? null : owner;
}

/** Where it goes with a session, no node can be below it. @param {StatJson} stat */
export function isEphemeral({ ephemeralOwner }) {
  return ownerOf(ephemeralOwner) !== null;
}

/**
 * What a sequential child that is created next is numbered: servers count the creations of children, and show twice that less those that are there.
 * @param {StatJson} stat
 */
export function nextSequence({ cversion, numChildren }) {
  return Math.floor((cversion + numChildren) / 2);
}

/** @param {StatJson} stat */
export function etagOf({ czxid, version }) {
  return `"${czxid}-${version}"`;
}

/** Of the access list, which has a version of its own. @param {StatJson} stat */
export function aclEtagOf({ czxid, aversion }) {
  return `"${czxid}-${aversion}"`;
}

/**
 * @param {StatJson} stat
 * @param {number} nowMs
 * @returns {readonly (readonly [what: string, words: string])[]}
 */
export function statWords(stat, nowMs) {
  /** @type {[string, string][]} */
  const words = [];
  const isChanged = stat.mzxid !== stat.czxid;
  words.push([
    'Value',
    isChanged
      ? `changed ${ago(stat.mtime, nowMs)} by write ${zxidText(stat.mzxid)}, version ${stat.version}`
      : 'as it was when it was created',
  ]);
  words.push([
    'Created',
    // The root, and what the servers keep for themselves.
    stat.czxid === 0 ? 'with the tree itself' : `${ago(stat.ctime, nowMs)} by write ${zxidText(stat.czxid)}`,
  ]);
  words.push(['Children', childrenWords(stat)]);
  if (!isEphemeral(stat)) {
    const next = nextSequence(stat);
    if (next > 0) words.push(['Next number', `${String(next).padStart(10, '0')}, for a sequential child`]);
  }
  if (stat.aversion > 0) words.push(['Access list', `changed ${counted(stat.aversion, 'time')}`]);
  return words;
}

/** @param {StatJson} stat */
function childrenWords(stat) {
  if (isEphemeral(stat)) return 'none: an ephemeral node has no children';
  const last =
    stat.pzxid === stat.czxid ? '' : `, the last one came or went with write ${zxidText(stat.pzxid)}`;
  if (stat.numChildren > 0) return `${WHOLE.format(stat.numChildren)}${last}`;
  return last === '' ? 'never had one' : `none${last}`;
}
