import { finishHash, mixWord } from '../codec/hash.ts';
import { ChangeKind } from '../tree/outcome.ts';
import { HashIndex, NO_CELL } from './hash-index.ts';
import { IntRows, NO_ROW } from './int-rows.ts';
import { ANY_MODE, hearers, LIST_MODES, NODE_MODES, spentBy, WatchMode } from './watch-mode.ts';
import { WatchedPaths } from './watched-paths.ts';

/** A watch is a row: who watches which path in which ways, between its neighbours in both lists. */
const Field = {
  path: 0,
  watcher: 1,
  modes: 2,
  nextOnPath: 3,
  previousOnPath: 4,
  nextOfWatcher: 5,
  previousOfWatcher: 6,
} as const;
const WIDTH_SHIFT = 3;
const SLASH = 0x2f;
const NO_PATH = -1;

/**
 * The watches of this member's clients.
 *
 *   path ──► watch ⇄ watch ⇄ watch      (who watches it)
 *              ⇅
 *   watcher ──► watch ⇄ watch           (what it watches: gone with it, at the cost of its own)
 *
 * A watcher is a number that stands for one connection. What fires when is ZooKeeper 3.9's: one-shot watches go with their first
 * event; a watcher hears of one change once, however many of its watches it meets; recursive ones hear of no lists of children.
 */
export class WatchTable {
  readonly #paths: WatchedPaths;
  readonly #watches = new IntRows(WIDTH_SHIFT);
  /** By path and watcher. */
  readonly #pairs = new HashIndex();
  /** Per watcher: its first watch, and the last match that it was part of. */
  readonly #firstOf: number[] = [];
  readonly #lastMatch: number[] = [];
  /** Per watcher: the paths that it watches. */
  readonly #pathsOf: number[] = [];
  readonly #freeWatchers: number[] = [];
  /** Watches that changes have come to since the start, whether they hear of them or not: what finding the hearers costs. */
  looked = 0;
  #matches = 0;
  #recursive = 0;
  #size = 0;
  #nodeWatches = 0;
  #listWatches = 0;

  /** `hashSeed`: any 32-bit number, so that nobody can choose paths that collide. */
  constructor(hashSeed = 0) {
    this.#paths = new WatchedPaths(hashSeed);
  }

  /** Pairs of a path and a watcher. */
  get size(): number {
    return this.#size;
  }

  /** Paths that are watched. */
  get pathCount(): number {
    return this.#paths.count;
  }

  /** As ZooKeeper counts: one for the node and one for its list of children. */
  get watchCount(): number {
    return this.#nodeWatches + this.#listWatches;
  }

  get allocatedBytes(): number {
    return this.#paths.allocatedBytes + this.#watches.allocatedBytes + this.#pairs.allocatedBytes;
  }

  /** A number for a new watcher; `removeWatcher` takes it back. */
  addWatcher(): number {
    const watcher = this.#freeWatchers.pop() ?? this.#firstOf.length;
    this.#firstOf[watcher] = NO_ROW;
    this.#lastMatch[watcher] = 0;
    this.#pathsOf[watcher] = 0;
    return watcher;
  }

  /** It is gone with all that it watched. */
  removeWatcher(watcher: number): void {
    for (let watch = this.#firstOf[watcher]!; watch !== NO_ROW; watch = this.#firstOf[watcher]!) {
      this.#setModes(watch, 0);
    }
    this.#freeWatchers.push(watcher);
  }

  /** Watches the path also in this mode, if the watcher does not yet. */
  add(watcher: number, mode: WatchMode, path: Uint8Array, start: number, end: number): void {
    const row = this.#paths.rowFor(path, start, end);
    let watch = this.#find(row, watcher);
    if (watch === NO_ROW) watch = this.#insert(row, watcher);
    this.#setModes(watch, this.#watches.get(watch, Field.modes) | mode);
  }

  /** Whether the watcher watches the path in any of the modes of `mask`. */
  has(watcher: number, mask: number, path: Uint8Array, start: number, end: number): boolean {
    const watch = this.#lookup(watcher, path, start, end);
    return watch !== NO_ROW && (this.#watches.get(watch, Field.modes) & mask) !== 0;
  }

  /** Takes the modes of `mask` away; false where there was none of them. */
  remove(watcher: number, mask: number, path: Uint8Array, start: number, end: number): boolean {
    const watch = this.#lookup(watcher, path, start, end);
    if (watch === NO_ROW) return false;
    const modes = this.#watches.get(watch, Field.modes);
    if ((modes & mask) === 0) return false;
    this.#setModes(watch, modes & ~mask);
    return true;
  }

  /** Appends to `heard` who hears of this change, each once, and takes the one-shot watches that it fires. */
  match(kind: ChangeKind, path: Uint8Array, start: number, end: number, heard: number[]): void {
    if (this.#size === 0) return;
    this.#matches++;
    const row = this.#paths.find(path, start, end);
    if (row !== NO_ROW) this.#fire(row, hearers(kind), spentBy(kind), heard);
    if (this.#recursive > 0 && kind !== ChangeKind.children) this.#fireAbove(path, start, end, heard);
  }

  /** The paths whose nodes this watcher watches; lists of children alone do not count. */
  pathsOf(watcher: number): string[] {
    const paths: string[] = [];
    const watches = this.#watches;
    for (
      let watch = this.#firstOf[watcher] ?? NO_ROW;
      watch !== NO_ROW;
      watch = watches.get(watch, Field.nextOfWatcher)
    ) {
      if ((watches.get(watch, Field.modes) & NODE_MODES) !== 0) {
        paths.push(this.#paths.text(watches.get(watch, Field.path)));
      }
    }
    return paths;
  }

  /** How many paths it watches. */
  pathCountOf(watcher: number): number {
    return this.#pathsOf[watcher] ?? 0;
  }

  /** Paths that it watches in whatever way, those that it began with last first, until `takes` wants no more. */
  eachPathOf(watcher: number, takes: (path: string) => boolean): void {
    const watches = this.#watches;
    for (
      let watch = this.#firstOf[watcher] ?? NO_ROW;
      watch !== NO_ROW;
      watch = watches.get(watch, Field.nextOfWatcher)
    ) {
      if (!takes(this.#paths.text(watches.get(watch, Field.path)))) return;
    }
  }

  /**
   * Who would hear of a change of this path, or of its list of children: those who watch it, and those who watch a node above it with all that is
   * below. `takes` is told of each watch, its modes that count here and where the path that is watched ends, until it wants no more.
   */
  eachHearer(
    path: Uint8Array,
    start: number,
    end: number,
    takes: (watcher: number, modes: number, end: number) => boolean,
  ): void {
    if (!this.#eachOn(this.#paths.find(path, start, end), ANY_MODE, end, takes)) return;
    if (this.#recursive === 0) return;
    for (let above = endAbove(path, start, end); above !== NO_PATH; above = endAbove(path, start, above)) {
      const row = this.#paths.find(path, start, above);
      if (!this.#eachOn(row, WatchMode.recursive, above, takes)) return;
    }
  }

  /** False where no more are wanted. */
  #eachOn(
    row: number,
    mask: number,
    end: number,
    takes: (watcher: number, modes: number, end: number) => boolean,
  ): boolean {
    if (row === NO_ROW) return true;
    const watches = this.#watches;
    for (
      let watch = this.#paths.firstWatch(row);
      watch !== NO_ROW;
      watch = watches.get(watch, Field.nextOnPath)
    ) {
      const modes = watches.get(watch, Field.modes) & mask;
      if (!takes(watches.get(watch, Field.watcher), modes, end)) return false;
    }
    return true;
  }

  #fire(row: number, hears: number, spent: number, heard: number[]): void {
    const watches = this.#watches;
    let next: number;
    for (let watch = this.#paths.firstWatch(row); watch !== NO_ROW; watch = next) {
      next = watches.get(watch, Field.nextOnPath);
      this.looked++;
      const modes = watches.get(watch, Field.modes);
      if ((modes & hears) === 0) continue;
      this.#tell(watches.get(watch, Field.watcher), heard);
      if ((modes & spent) !== 0) this.#setModes(watch, modes & ~spent);
    }
  }

  /** Recursive watches of the path's ancestors: `/a/b/c` is below `/a/b`, `/a` and `/`. */
  #fireAbove(path: Uint8Array, start: number, end: number, heard: number[]): void {
    for (let above = endAbove(path, start, end); above !== NO_PATH; above = endAbove(path, start, above)) {
      const row = this.#paths.find(path, start, above);
      if (row !== NO_ROW) this.#fire(row, WatchMode.recursive, 0, heard);
    }
  }

  #tell(watcher: number, heard: number[]): void {
    if (this.#lastMatch[watcher] === this.#matches) return;
    this.#lastMatch[watcher] = this.#matches;
    heard.push(watcher);
  }

  #lookup(watcher: number, path: Uint8Array, start: number, end: number): number {
    const row = this.#paths.find(path, start, end);
    return row === NO_ROW ? NO_ROW : this.#find(row, watcher);
  }

  #find(row: number, watcher: number): number {
    const hash = pairHash(row, watcher);
    const pairs = this.#pairs;
    for (let cell = pairs.first(hash); cell !== NO_CELL; cell = pairs.next(hash, cell)) {
      const watch = pairs.row(cell);
      if (this.#watches.get(watch, Field.path) !== row) continue;
      if (this.#watches.get(watch, Field.watcher) === watcher) return watch;
    }
    return NO_ROW;
  }

  /** A watch without a mode yet. */
  #insert(row: number, watcher: number): number {
    const watches = this.#watches;
    const watch = watches.allocate();
    watches.set(watch, Field.path, row);
    watches.set(watch, Field.watcher, watcher);
    watches.set(watch, Field.modes, 0);
    const nextOnPath = this.#paths.firstWatch(row);
    watches.set(watch, Field.nextOnPath, nextOnPath);
    watches.set(watch, Field.previousOnPath, NO_ROW);
    if (nextOnPath !== NO_ROW) watches.set(nextOnPath, Field.previousOnPath, watch);
    this.#paths.setFirstWatch(row, watch);
    const nextOfWatcher = this.#firstOf[watcher]!;
    watches.set(watch, Field.nextOfWatcher, nextOfWatcher);
    watches.set(watch, Field.previousOfWatcher, NO_ROW);
    if (nextOfWatcher !== NO_ROW) watches.set(nextOfWatcher, Field.previousOfWatcher, watch);
    this.#firstOf[watcher] = watch;
    this.#pairs.insert(pairHash(row, watcher), watch);
    this.#size++;
    this.#pathsOf[watcher]!++;
    return watch;
  }

  /** A watch without modes is none, and a path without watches is forgotten. */
  #setModes(watch: number, modes: number): void {
    const before = this.#watches.get(watch, Field.modes);
    this.#recursive += bit(modes & WatchMode.recursive) - bit(before & WatchMode.recursive);
    this.#nodeWatches += bit(modes & NODE_MODES) - bit(before & NODE_MODES);
    this.#listWatches += bit(modes & LIST_MODES) - bit(before & LIST_MODES);
    this.#watches.set(watch, Field.modes, modes);
    if (modes === 0) this.#release(watch);
  }

  #release(watch: number): void {
    const watches = this.#watches;
    const row = watches.get(watch, Field.path);
    const watcher = watches.get(watch, Field.watcher);
    const nextOnPath = watches.get(watch, Field.nextOnPath);
    const previousOnPath = watches.get(watch, Field.previousOnPath);
    if (nextOnPath !== NO_ROW) watches.set(nextOnPath, Field.previousOnPath, previousOnPath);
    if (previousOnPath !== NO_ROW) watches.set(previousOnPath, Field.nextOnPath, nextOnPath);
    else if (nextOnPath !== NO_ROW) this.#paths.setFirstWatch(row, nextOnPath);
    else this.#paths.release(row);
    const nextOfWatcher = watches.get(watch, Field.nextOfWatcher);
    const previousOfWatcher = watches.get(watch, Field.previousOfWatcher);
    if (nextOfWatcher !== NO_ROW) watches.set(nextOfWatcher, Field.previousOfWatcher, previousOfWatcher);
    if (previousOfWatcher !== NO_ROW) watches.set(previousOfWatcher, Field.nextOfWatcher, nextOfWatcher);
    else this.#firstOf[watcher] = nextOfWatcher;
    this.#pairs.remove(pairHash(row, watcher), watch);
    watches.release(watch);
    this.#size--;
    this.#pathsOf[watcher]!--;
  }
}

/** Where the path of the node above ends; NO_PATH above the root. */
function endAbove(path: Uint8Array, start: number, end: number): number {
  if (end - start <= 1) return NO_PATH;
  for (let at = end - 1; at > start; at--) if (path[at] === SLASH) return at;
  return start + 1;
}

function bit(modes: number): number {
  return modes === 0 ? 0 : 1;
}

function pairHash(row: number, watcher: number): number {
  return finishHash(mixWord(row, watcher));
}
