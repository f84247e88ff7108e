// The tree as rows: which node stands in which row, of millions of which few are held and fewer drawn.

import { MOST_PIXELS } from '../shell/row-window.js';
import { isWithin, join, lineage, nameOf, parentOf } from '../znode/node-path.js';
import { Level, marksOf } from './level.js';

/** @typedef {import('./level.js').Entry} Entry */

/**
 * @typedef {object} Row
 * @property {'node' | 'waiting' | 'said'} kind A node; one whose name has not come; or words in place of nodes (`level` tells which).
 * @property {number} depth 0: the root.
 * @property {string} path Of the node; of the level for what is no node.
 * @property {Entry | undefined} entry Of a node.
 * @property {Level | undefined} level In which it stands; the root stands in none.
 * @property {number} at Among its siblings.
 */

/** In pixels: one height for all of the rows, also in tree.css. */
export const ROW_HEIGHT = 30;
/** Names held, in all of the open levels together; some 100 bytes each. */
export const MOST_HELD = 300_000;
/** Levels that are open at once. */
const MOST_OPEN = 500;

// Each row can be scrolled to: one is said about each level beside its nodes, and the root is above them.
if ((MOST_HELD + MOST_OPEN + 1) * ROW_HEIGHT > MOST_PIXELS)
  throw new Error('more rows are held than can be scrolled to');

export class TreeModel {
  /** @type {Entry} */
  #root = { name: '/', marks: undefined, level: new Level('/') };
  /** Open levels by path. @type {Map<string, Level>} */
  #levels = new Map([['/', /** @type {Level} */ (this.#root.level)]]);
  #held = 0;
  #mostHeld;

  /** @param {number} [mostHeld] */
  constructor(mostHeld = MOST_HELD) {
    this.#mostHeld = mostHeld;
  }

  get held() {
    return this.#held;
  }

  get rows() {
    return 1 + this.#rowsOf(/** @type {Level} */ (this.#root.level));
  }

  /** Rows that wait for names beyond what may be held are not drawn: they would never come. @param {Level} level */
  #ownRows(level) {
    if (level.state !== 'coming') return level.rows;
    return Math.min(level.rows, level.entries.length + Math.max(1, this.#mostHeld - this.#held));
  }

  /** @param {Level} level @returns {number} Its own and those of the open levels within. */
  #rowsOf(level) {
    if (level.isHeldBack) return this.#ownRows(level);
    return level.places.reduce(
      (rows, { entry }) => rows + (entry.level === undefined ? 0 : this.#rowsOf(entry.level)),
      this.#ownRows(level),
    );
  }

  /** @param {number} index From 0 to `rows`, which is none. @returns {Row} */
  rowAt(index) {
    if (index === 0) return { kind: 'node', depth: 0, path: '/', entry: this.#root, level: undefined, at: 0 };
    return this.#rowIn(/** @type {Level} */ (this.#root.level), index - 1, 1);
  }

  /** @param {Level} level @param {number} index @param {number} depth @returns {Row} */
  #rowIn(level, index, depth) {
    let below = 0;
    for (const { entry, at } of level.isHeldBack ? [] : level.places) {
      const row = at + below;
      if (index <= row || entry.level === undefined) break;
      const inner = this.#rowsOf(entry.level);
      if (index <= row + inner) return this.#rowIn(entry.level, index - row - 1, depth + 1);
      below += inner;
    }
    const at = index - below;
    const entry = level.isHeldBack ? undefined : level.entries[at];
    if (entry === undefined) {
      const kind = level.state === 'coming' ? 'waiting' : 'said';
      return { kind, depth, path: level.path, entry, level, at };
    }
    return { kind: 'node', depth, path: join(level.path, entry.name), entry, level, at };
  }

  /** @param {string} path @returns {number} The row; -1 where it is in none: a node above is closed, or it has not come. */
  indexOf(path) {
    let index = 0;
    let level = /** @type {Level} */ (this.#root.level);
    for (const step of lineage(path).slice(1)) {
      const entry = level.find(nameOf(step));
      if (entry === undefined || level.isHeldBack) return -1;
      const at = level.placeOf(entry);
      index += 1 + at;
      for (const other of level.places)
        if (other.at < at && other.entry.level !== undefined) index += this.#rowsOf(other.entry.level);
      if (step === path) return index;
      if (entry.level === undefined) return -1;
      level = entry.level;
    }
    return index;
  }

  /** @param {string} path @returns {Entry | undefined} Where it has come. */
  entryOf(path) {
    return path === '/' ? this.#root : this.#levels.get(parentOf(path))?.find(nameOf(path));
  }

  /** @param {string} path Of an open node. */
  levelOf(path) {
    return this.#levels.get(path);
  }

  get openPaths() {
    return [...this.#levels.keys()];
  }

  /** @param {string} path @returns {Level | undefined} undefined: it has not come, or too many are open. */
  open(path) {
    const known = this.#levels.get(path);
    if (known !== undefined) return known;
    const parent = this.#levels.get(parentOf(path));
    const entry = parent?.find(nameOf(path));
    if (parent === undefined || entry === undefined || this.#levels.size >= MOST_OPEN) return undefined;
    const level = new Level(path);
    if (entry.marks) level.total = entry.marks.children;
    parent.openAt(entry, level);
    this.#levels.set(path, level);
    return level;
  }

  /** Lets go of all that is held below it. @param {string} path */
  close(path) {
    if (path === '/') return;
    this.#forget(path);
    const entry = this.entryOf(path);
    if (entry !== undefined) this.#levels.get(parentOf(path))?.closeAt(entry);
  }

  /** @param {string} path */
  #forget(path) {
    for (const [at, level] of this.#levels) {
      if (!isWithin(at, path)) continue;
      this.#held -= level.entries.length;
      this.#levels.delete(at);
    }
  }

  /** @param {Level} level @param {import('./level.js').ChildrenPage} page */
  take(level, page) {
    // It was closed meanwhile.
    if (this.#levels.get(level.path) !== level) return;
    const before = level.entries.length;
    level.take(page, this.#mostHeld - this.#held);
    this.#held += level.entries.length - before;
    const entry = this.entryOf(level.path);
    if (entry !== undefined) entry.marks = marksOf(page.stat);
  }

  /** Has a level come anew; what was open in it is closed. @param {Level} level */
  begin(level) {
    for (const { entry } of level.places) this.#forget(join(level.path, entry.name));
    this.#held -= level.entries.length;
    level.clear();
  }

  /** @param {string} path Of a node that was created. @param {number} [zxid] By which write. */
  add(path, zxid) {
    const level = this.#levels.get(parentOf(path));
    this.#count(parentOf(path), 1);
    if (level?.pzxid !== undefined) level.pzxid = zxid ?? level.pzxid;
    if (level?.add(nameOf(path), this.#mostHeld - this.#held) === true) this.#held++;
  }

  /** @param {string} path Of a node that was removed. @param {number} [zxid] By which write. */
  remove(path, zxid) {
    if (path === '/') return;
    this.#count(parentOf(path), -1);
    const level = this.#levels.get(parentOf(path));
    if (level === undefined) return;
    if (level.pzxid !== undefined) level.pzxid = zxid ?? level.pzxid;
    if (this.#levels.has(path)) this.#forget(path);
    if (level.remove(nameOf(path)) !== undefined) this.#held--;
  }

  /** @param {string} path @param {number} more */
  #count(path, more) {
    const entry = this.entryOf(path);
    if (entry?.marks) entry.marks = { ...entry.marks, children: Math.max(0, entry.marks.children + more) };
  }

  /** @param {string} path @param {import('./level.js').StatJson | null} stat null: it may not be read. */
  mark(path, stat) {
    const entry = this.entryOf(path);
    if (entry !== undefined) entry.marks = stat === null ? null : marksOf(stat);
  }

  /** Has what its row tells asked for again. @param {string} path */
  doubt(path) {
    const entry = this.entryOf(path);
    if (entry !== undefined) entry.marks = undefined;
  }
}
