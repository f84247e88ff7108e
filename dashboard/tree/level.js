// The children of one open node, as far as they have come.

/** @typedef {import('../../server/src/http/v1/node-shapes.ts').StatJson} StatJson */

/**
 * @typedef {object} Marks What a row tells beside the name.
 * @property {string | null} owner The session that an ephemeral node goes with.
 * @property {number} children
 * @property {number} bytes
 *
 * @typedef {object} Entry
 * @property {string} name
 * @property {Marks | null | undefined} marks null: the caller may not read it; undefined: it has to be asked for.
 * @property {Level | undefined} level Where it is open.
 *
 * @typedef {object} ChildrenPage The answer of /window/v1/nodes/PATH?children&stat.
 * @property {StatJson} stat
 * @property {readonly {readonly name: string, readonly stat: StatJson | null}[]} children
 * @property {string | null} next
 */

/** Up to so many children are shown by name; to sort more would hold up the page. */
export const MOST_SORTED = 10_000;

/** @param {StatJson} stat @returns {Marks} */
export function marksOf({ ephemeralOwner, numChildren, dataLength }) {
  return {
    owner: ephemeralOwner === '0x0' ? null : ephemeralOwner,
    children: numChildren,
    bytes: dataLength,
  };
}

/** @param {Entry} one @param {Entry} other The order of code units, as ZooKeeper's tools sort. */
function byName(one, other) {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

/**
 * Children come in the order of the member's tree. Where all of them have come and are few enough they stand sorted.
 *
 * `state`: `coming` while there is more to ask for, `whole` where all have come, `full` where no more are held, `refused` where they may not be read.
 */
export class Level {
  path;
  /** @type {Entry[]} */
  entries = [];
  /** @type {'coming' | 'whole' | 'full' | 'refused'} */
  state = 'coming';
  /** As the member says; changes while they come. */
  total = 0;
  /** The last write among them that is known here. @type {number | undefined} */
  pzxid;
  /** What to ask for next; undefined: the first page. @type {string | undefined} */
  next;
  /** Why it is refused, for people. */
  problem = '';
  /** @type {Map<string, Entry>} */
  #byName = new Map();
  /** Those that are open. @type {Set<Entry>} */
  #open = new Set();
  /** Where they stand, ascending; undefined: has to be looked for. @type {{entry: Entry, at: number}[] | undefined} */
  #places;
  #isSorted = false;

  /** @param {string} path */
  constructor(path) {
    this.path = path;
  }

  /** Whether rows are shown only once all have come, so that nothing is sorted under a reader's eyes. */
  get isHeldBack() {
    return this.state === 'coming' && this.total <= MOST_SORTED;
  }

  /** Rows of its own: children that have come or are still to, and a last one where something has to be said. */
  get rows() {
    if (this.state === 'whole') return this.entries.length;
    if (this.state === 'coming') return Math.max(this.entries.length, this.total, 1);
    return this.entries.length + 1;
  }

  /** @param {string} name */
  find(name) {
    return this.#byName.get(name);
  }

  /**
   * @param {ChildrenPage} page
   * @param {number} room How many more may be held.
   */
  take({ stat, children, next }, room) {
    this.total = stat.numChildren;
    this.pzxid ??= stat.pzxid;
    for (const { name, stat: each } of children.slice(0, room)) {
      if (this.#byName.has(name)) continue;
      this.#put({ name, marks: each === null ? null : marksOf(each), level: undefined });
    }
    this.next = next ?? undefined;
    if (children.length > room) this.state = 'full';
    else if (next === null) this.#end();
  }

  #end() {
    this.state = 'whole';
    this.total = this.entries.length;
    if (this.entries.length > MOST_SORTED) return;
    this.entries.sort(byName);
    this.#isSorted = true;
    this.#places = undefined;
  }

  /** @param {Entry} entry */
  #put(entry) {
    this.#byName.set(entry.name, entry);
    if (this.#isSorted) {
      this.entries.splice(this.#placeFor(entry), 0, entry);
      this.#places = undefined;
    } else this.entries.push(entry);
  }

  /** @param {Entry} entry */
  #placeFor(entry) {
    let from = 0;
    let to = this.entries.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.entries[middle];
      if (other !== undefined && byName(other, entry) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /**
   * A child was created. One that is still to come with a later page is only counted.
   * @param {string} name
   * @param {number} room
   * @returns {boolean} Whether it is held now and was not.
   */
  add(name, room) {
    if (this.#byName.has(name)) return false;
    this.total++;
    if (this.state !== 'whole' || room < 1) return false;
    this.#put({ name, marks: undefined, level: undefined });
    return true;
  }

  /** @param {string} name @returns {Entry | undefined} The one that was held. */
  remove(name) {
    this.total = Math.max(0, this.total - 1);
    const entry = this.#byName.get(name);
    if (entry === undefined) return undefined;
    this.#byName.delete(name);
    this.#open.delete(entry);
    this.entries.splice(this.placeOf(entry), 1);
    this.#places = undefined;
    return entry;
  }

  /** @param {Entry} entry One of this level. */
  placeOf(entry) {
    return this.#isSorted ? this.#placeFor(entry) : this.entries.indexOf(entry);
  }

  /** @param {Entry} entry @param {Level} level */
  openAt(entry, level) {
    entry.level = level;
    this.#open.add(entry);
    this.#places = undefined;
  }

  /** @param {Entry} entry */
  closeAt(entry) {
    entry.level = undefined;
    this.#open.delete(entry);
    this.#places = undefined;
  }

  /** The open children and where they stand, ascending. */
  get places() {
    this.#places ??= [...this.#open]
      .map((entry) => ({ entry, at: this.placeOf(entry) }))
      .sort((one, other) => one.at - other.at);
    return this.#places;
  }

  /** Begins again, after changes that were not told. The open ones are kept by the caller. */
  clear() {
    this.entries = [];
    this.#byName.clear();
    this.#open.clear();
    this.#places = undefined;
    this.#isSorted = false;
    this.state = 'coming';
    this.pzxid = undefined;
    this.next = undefined;
  }
}
