import { encodeUtf8 } from '@rookery/protocol';
import { Random } from '../../../testkit/src/random.ts';
import { ChangeKind } from '../../src/tree/outcome.ts';
import { PathHasher } from '../../src/tree/path-hasher.ts';
import { WatchMode } from '../../src/watch/watch-mode.ts';
import type { WatchTable as WatchTableClass } from '../../src/watch/watch-table.ts';
import { ReferenceWatches } from './reference-watches.ts';

export interface Subject {
  readonly WatchTable: typeof WatchTableClass;
}

const MODES = Object.values(WatchMode);
const MASKS = [...MODES, MODES.reduce<number>((all, mode) => all | mode, 0)];
const KINDS = Object.values(ChangeKind);
const NAMES = ['a', 'b', 'aa', 'ü', 'node-0000000001'];

/** What the runs came across, so that a test can tell that they came across everything. */
export function noTotals() {
  return { added: 0, removed: 0, left: 0, changes: 0, events: 0, silent: 0, shared: 0 };
}

/**
 * Random watchers add, remove and lose watches while random paths change; after every step table and reference agree. `pathCount`
 * small: many watches meet on a path. Large: the indexes grow, and shrink again through their holes.
 */
export function runSeed(
  { WatchTable }: Subject,
  seed: number,
  { steps, pathCount }: { readonly steps: number; readonly pathCount: number },
  totals: ReturnType<typeof noTotals>,
): void {
  const random = new Random(seed);
  const table = new WatchTable(seed);
  const reference = new ReferenceWatches();
  const paths = Array.from({ length: pathCount }, (_, i) =>
    randomPath(random, pathCount > 50 ? `-${i % 500}` : ''),
  );
  const watchers = Array.from({ length: 5 }, () => table.addWatcher());
  for (let step = 0; step < steps; step++) {
    const watcher = random.pick(watchers);
    const path = random.pick(paths);
    // Never at the beginning of its bytes: a path is a range.
    const bytes = encodeUtf8(`??${path}!`);
    const [start, end] = [2, bytes.length - 1] as const;
    const where = `seed ${seed}, step ${step}, ${path}`;
    const what = random.below(100);
    if (what < 45) {
      const mode = random.pick(MODES);
      table.add(watcher, mode, bytes, start, end);
      reference.add(watcher, mode, path);
      totals.added++;
    } else if (what < 55) {
      const mask = random.pick(MASKS);
      check(where, 'has', table.has(watcher, mask, bytes, start, end), reference.has(watcher, mask, path));
      const removed = reference.remove(watcher, mask, path);
      check(where, 'remove', table.remove(watcher, mask, bytes, start, end), removed);
      if (removed) totals.removed++;
    } else if (what < 56) {
      check(where, 'paths', table.pathsOf(watcher).sort(), reference.pathsOf(watcher).sort());
      table.removeWatcher(watcher);
      reference.removeWatcher(watcher);
      watchers[watchers.indexOf(watcher)] = table.addWatcher();
      totals.left++;
    } else {
      const kind = random.pick(KINDS);
      const heard: number[] = [];
      table.match(kind, bytes, start, end, heard);
      const told = reference.change(kind, path);
      check(where, `who hears of ${kind}`, heard.sort(), told.sort());
      totals.changes++;
      totals.events += told.length;
      if (told.length === 0) totals.silent++;
      if (told.length > 1) totals.shared++;
    }
    check(where, 'watches', table.watchCount, reference.watchCount);
    check(where, 'who would hear', hearers(table, path), reference.hearers(path).sort());
    const all: string[] = [];
    table.eachPathOf(watcher, (each) => all.push(each) > 0);
    const known = watchers.includes(watcher) ? reference.allPathsOf(watcher) : [];
    check(where, 'all paths', all.sort(), known.sort());
    check(where, 'how many paths', table.pathCountOf(watcher), known.length);
  }
  for (const watcher of watchers) table.removeWatcher(watcher);
  check(`seed ${seed}`, 'what is left', [table.size, table.pathCount, table.watchCount], [0, 0, 0]);
}

function hearers(table: WatchTableClass, path: string): string[] {
  const found: string[] = [];
  const bytes = encodeUtf8(path);
  table.eachHearer(bytes, 0, bytes.length, (watcher, modes, end) => {
    if (modes !== 0) found.push(`${watcher} ${modes} ${path.slice(0, decodedLength(bytes, end))}`);
    return true;
  });
  return found.sort();
}

function decodedLength(bytes: Uint8Array, end: number): number {
  return new TextDecoder().decode(bytes.subarray(0, end)).length;
}

/** Two paths of one length and one hash are two paths all the same. */
export function runCollision({ WatchTable }: Subject): void {
  const seed = 1;
  const [one, two] = collision(new PathHasher(seed));
  const table = new WatchTable(seed);
  const watcher = table.addWatcher();
  table.add(watcher, WatchMode.data, one, 0, one.length);
  const heard: number[] = [];
  table.match(ChangeKind.data, two, 0, two.length, heard);
  check('collision', 'who hears of the other path', heard, []);
  table.match(ChangeKind.data, one, 0, one.length, heard);
  check('collision', 'who hears of the path', heard, [watcher]);
}

function collision(hasher: PathHasher): readonly [Uint8Array, Uint8Array] {
  const seen = new Map<number, Uint8Array>();
  for (let i = 1_000_000; ; i++) {
    const path = encodeUtf8(`/n${i}`);
    const hash = hasher.hash(path, 0, path.length);
    const other = seen.get(hash);
    if (other !== undefined && other.length === path.length) return [other, path];
    seen.set(hash, path);
  }
}

function randomPath(random: Random, suffix: string): string {
  const depth = random.below(4);
  if (depth === 0) return '/';
  return Array.from({ length: depth }, () => `/${random.pick(NAMES)}`).join('') + suffix;
}

function check(where: string, what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${where}: ${what}: ${a}, but the reference has ${b}`);
}
