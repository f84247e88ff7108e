import { NO_SLOT, type Slot } from '@rookery/protocol';
import { putCell, removeCell, twiceTheCells, wantsMoreCells } from './hash-cells.ts';
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
    if (wantsMoreCells(segment.cells, segment.count)) segment.cells = twiceTheCells(segment.cells);
    putCell(segment.cells, hash, slot + 1);
    segment.count++;
  }

  /** The node must be in the index. */
  remove(slot: Slot): void {
    const hash = this.#hashOf(slot);
    const segment = this.#segments[hash >>> SEGMENT_SHIFT]!;
    removeCell(segment.cells, hash, slot + 1);
    segment.count--;
  }

  #hashOf(slot: Slot): number {
    const nodes = this.#nodes;
    const ref = nodes.int(slot, Int.pathRef);
    const start = nodes.bytes.offsetOf(ref);
    return this.#hasher.hash(nodes.bytes.arrayOf(ref), start, start + nodes.int(slot, Int.pathLength));
  }
}
