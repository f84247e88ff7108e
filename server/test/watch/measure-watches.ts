import { writeUtf8 } from '@rookery/protocol';
import { ChangeKind } from '../../src/tree/outcome.ts';
import { WatchMode } from '../../src/watch/watch-mode.ts';
import { WatchTable } from '../../src/watch/watch-table.ts';

/**
 * Prints what watches cost: node --expose-gc measure-watches.ts <watches>. Each on a path of its own of 30 bytes, of 100 watchers;
 * a change is matched with nobody, with one and with nobody but a recursive watch far away; then all watchers of one path at once.
 */
const watches = Number(process.argv[2] ?? 100_000);
const WATCHERS = 100;
const ROUNDS = 5;
const bytes = new Uint8Array(200);
const heard: number[] = [];

function pathEnd(i: number, prefix = '/folder'): number {
  return writeUtf8(
    bytes,
    0,
    `${prefix}-${String(i % 100).padStart(4, '0')}/node-${String(i).padStart(12, '0')}`,
  );
}

/** Nanoseconds of this process for one call of `each`, the loop included: others may be busy. */
function timed(count: number, each: (i: number) => void): number {
  const from = process.cpuUsage();
  for (let i = 0; i < count; i++) each(i);
  return Math.round((process.cpuUsage(from).user * 1e3) / count);
}

function match(i: number, prefix?: string): void {
  heard.length = 0;
  table.match(ChangeKind.data, bytes, 0, pathEnd(i, prefix), heard);
}

let table = new WatchTable(1);
const watchers = Array.from({ length: WATCHERS }, () => table.addWatcher());
const fill = (i: number) => table.add(watchers[i % WATCHERS]!, WatchMode.data, bytes, 0, pathEnd(i));
for (let i = 0; i < 10_000; i++) fill(i);
table = new WatchTable(1);
for (let i = 0; i < WATCHERS; i++) table.addWatcher();
globalThis.gc?.();
const before = process.memoryUsage();
const addNs = timed(watches, fill);
globalThis.gc?.();
const after = process.memoryUsage();

const pathNs = timed(watches * ROUNDS, (i) => pathEnd(i % watches, '/nobody'));
const missNs = timed(watches * ROUNDS, (i) => match(i % watches, '/nobody')) - pathNs;
const far = table.addWatcher();
table.add(far, WatchMode.recursive, bytes, 0, pathEnd(1, '/elsewhere'));
const missBelowRecursiveNs = timed(watches * ROUNDS, (i) => match(i % watches, '/nobody')) - pathNs;
const hitNs = timed(watches, (i) => match(i)) - pathNs;
const leaveAgainNs = timed(watches, fill) - pathNs;
const removeNs = Math.round(
  timed(1, () => {
    for (const watcher of watchers) table.removeWatcher(watcher);
  }) / watches,
);
const crowd = Array.from({ length: watches }, () => table.addWatcher());
const shared = pathEnd(1);
const crowdAddNs = timed(watches, (i) => table.add(crowd[i]!, WatchMode.data, bytes, 0, shared));
const crowdMatchNs = Math.round(timed(1, () => match(1)) / watches);

console.log(
  JSON.stringify({
    watches,
    rssBytesPerWatch: Math.round((after.rss - before.rss) / watches),
    heapBytesPerWatch: Math.round((after.heapUsed - before.heapUsed) / watches),
    addNs: addNs - pathNs,
    missNs,
    missBelowRecursiveNs,
    hitNs,
    leaveAgainNs,
    removeNs,
    crowdAddNs,
    crowdMatchNs,
    heard: heard.length,
  }),
);
