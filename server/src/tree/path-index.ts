import { NO_SLOT, type Slot } from '../model/ids.ts';
import { Int, type NodeTable } from './node-table.ts';
import { PathHasher } from './path-hasher.ts';

const SEGMENT_BITS = 8;
const SEGMENTS = 1 << SEGMENT_BITS;
const SEGMENT_SHIFT = 32 - SEGMENT_BITS;
const FIRST_CAPACITY = 8;

interface Segment {
  /** Pairs of hash and slot + 1; slot + 1 = 0 is empty. */
  cells: Int32Array;
  count: number;
}

/**
 * From a path's bytes to its slot: open addressing with linear probing, in 256 segments by the hash's upper bits. Each segment
 * grows by itself, so that no single insertion pays for moving a million cells.
 */
export class PathIndex {
  readonly #nodes: NodeTable;
  readonly #hasher: PathHasher;
  readonly #segments: Segment[] = [];

  constructor(nodes: NodeTable, hashSeed: number) {
    this.#nodes = nodes;
    this.#hasher = new PathHasher(hashSeed);
    for (let i = 0; i < SEGMENTS; i++) {
      this.#segments.push({ cells: new Int32Array(2 * FIRST_CAPACITY), count: 0 });
    }
  }

  /** NO_SLOT where there is no such node. */
  find(path: Uint8Array, start: number, end: number): Slot {
    const hash = this.#hasher.hash(path, start, end);
    const { cells } = this.#segments[hash >>> SEGMENT_SHIFT]!;
    const mask = cells.length - 1;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const cell = cells[at + 1]!;
      if (cell === 0) return NO_SLOT;
      if (cells[at] === hash && this.#nodes.pathEquals((cell - 1) as Slot, path, start, end)) {
        return (cell - 1) as Slot;
      }
    }
  }

  /** The path must not be in the index yet. */
  insert(slot: Slot): void {
    const hash = this.#hashOf(slot);
    const segment = this.#segments[hash >>> SEGMENT_SHIFT]!;
    // At most 3/4 full.
    if ((segment.count + 1) * 8 > segment.cells.length * 3) grow(segment);
    put(segment.cells, hash, slot + 1);
    segment.count++;
  }

  /** The node must be in the index. */
  remove(slot: Slot): void {
    const hash = this.#hashOf(slot);
    const segment = this.#segments[hash >>> SEGMENT_SHIFT]!;
    const { cells } = segment;
    const mask = cells.length - 1;
    let hole = (hash << 1) & mask;
    while (cells[hole + 1] !== slot + 1) hole = (hole + 2) & mask;
    // Closes the gap: a later cell moves into it unless that lies before the cell's own home.
    for (let at = (hole + 2) & mask; cells[at + 1] !== 0; at = (at + 2) & mask) {
      const home = (cells[at]! << 1) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        cells[hole] = cells[at]!;
        cells[hole + 1] = cells[at + 1]!;
        hole = at;
      }
    }
    cells[hole + 1] = 0;
    segment.count--;
  }

  #hashOf(slot: Slot): number {
    const nodes = this.#nodes;
    const ref = nodes.int(slot, Int.pathRef);
    const start = nodes.bytes.offsetOf(ref);
    return this.#hasher.hash(nodes.bytes.arrayOf(ref), start, start + nodes.int(slot, Int.pathLength));
  }
}

function put(cells: Int32Array, hash: number, cell: number): void {
  const mask = cells.length - 1;
  let at = (hash << 1) & mask;
  while (cells[at + 1] !== 0) at = (at + 2) & mask;
  cells[at] = hash;
  cells[at + 1] = cell;
}

function grow(segment: Segment): void {
  const old = segment.cells;
  const cells = new Int32Array(old.length * 2);
  for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) put(cells, old[at]!, old[at + 1]!);
  segment.cells = cells;
}
