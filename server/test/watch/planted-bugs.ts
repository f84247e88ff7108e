import type { PlantedBug } from '../../../testkit/src/planted-bug.ts';

const table = 'server/src/watch/watch-table.ts';
const modes = 'server/src/watch/watch-mode.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'a one-shot watch fires twice',
    file: table,
    find: 'if ((modes & spent) !== 0) this.#setModes(watch, modes & ~spent);',
    replace: '',
  },
  {
    name: 'a persistent watch goes with its first event',
    file: table,
    find: 'this.#setModes(watch, modes & ~spent);',
    replace: 'this.#setModes(watch, modes & WatchMode.recursive);',
  },
  {
    name: 'a deletion is not told to who watches the list of children',
    file: modes,
    find: 'if (kind === ChangeKind.deleted) return ANY_MODE;',
    replace: '',
  },
  {
    name: 'a deletion leaves the watch on the list of children',
    file: modes,
    find: 'return WatchMode.data | WatchMode.children;\n  return kind',
    replace: 'return WatchMode.data;\n  return kind',
  },
  {
    name: 'a watcher hears once for each of its watches',
    file: table,
    find: 'if (this.#lastMatch[watcher] === this.#matches) return;',
    replace: '',
  },
  {
    name: 'a recursive watch tells of lists of children',
    file: modes,
    find: 'return kind === ChangeKind.children ? LIST_MODES : NODE_MODES;',
    replace: 'return kind === ChangeKind.children ? LIST_MODES | WatchMode.recursive : NODE_MODES;',
  },
  {
    name: 'a recursive watch above tells of lists of children',
    file: table,
    find: 'if (this.#recursive > 0 && kind !== ChangeKind.children)',
    replace: 'if (this.#recursive > 0)',
  },
  {
    name: 'a recursive watch hears of its own node only',
    file: table,
    find: 'if (end - start <= 1) return NO_PATH;',
    replace: 'return NO_PATH;',
  },
  {
    name: 'a recursive watch of the root hears nothing',
    file: table,
    find: 'return start + 1;',
    replace: 'return NO_PATH;',
  },
  {
    name: 'a new mode takes the place of those that were there',
    file: table,
    find: 'this.#setModes(watch, this.#watches.get(watch, Field.modes) | mode);',
    replace: 'this.#setModes(watch, mode);',
  },
  {
    name: 'a watch that is left again is a second one',
    file: table,
    find: 'let watch = this.#find(row, watcher);',
    replace: 'let watch = NO_ROW as number;',
  },
  {
    name: 'removing one mode removes the watch',
    file: table,
    find: 'this.#setModes(watch, modes & ~mask);',
    replace: 'this.#setModes(watch, 0);',
  },
  {
    name: 'a connection that closes takes only its newest watch along',
    file: table,
    find: 'watch = this.#firstOf[watcher]!) {\n',
    replace: 'watch = NO_ROW) {\n',
  },
  {
    name: 'the first watch of a path goes and takes the others out of reach',
    file: table,
    find: 'else if (nextOnPath !== NO_ROW) this.#paths.setFirstWatch(row, nextOnPath);',
    replace: 'else if (nextOnPath !== NO_ROW) this.#paths.setFirstWatch(row, NO_ROW);',
  },
  {
    name: 'a removal leaves a hole in the index that hides what stands behind it',
    file: 'server/src/tree/hash-cells.ts',
    find: '      cells[hole + 1] = cells[at + 1]!;\n      hole = at;\n',
    replace: '',
  },
  {
    name: 'the index loses what it held when it grows',
    file: 'server/src/tree/hash-cells.ts',
    find: 'if (old[at + 1] !== 0) putCell(',
    replace: 'if (old[at + 1]! > 1) putCell(',
  },
  {
    name: 'paths of one length are the same',
    file: 'server/src/watch/watched-paths.ts',
    find: 'if (length === 0) return true;',
    replace: 'if (length >= 0) return true;',
  },
  {
    name: 'the count of watches never falls',
    file: table,
    find: ' - bit(before & NODE_MODES)',
    replace: '',
  },
  {
    name: 'who watches all below a node is not among those who would hear',
    file: table,
    find: 'if (!this.#eachOn(row, WatchMode.recursive, above, takes)) return;',
    replace: 'if (!this.#eachOn(row, 0, above, takes)) return;',
  },
  {
    name: 'the count of what a watcher watches never falls',
    file: table,
    find: 'this.#pathsOf[watcher]!--;',
    replace: '',
  },
];
