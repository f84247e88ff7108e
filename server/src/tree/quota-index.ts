import { NO_SLOT, type Slot } from '@rookery/protocol';
import { finishHash } from '../codec/hash.ts';
import { putCell, removeCell, twiceTheCells, wantsMoreCells } from './hash-cells.ts';
import { Int, type NodeTable } from './node-table.ts';
import { isAboutAPath, PREFIX_START, prefixEnd, QuotaNode, quotaNodeAt } from './quota-paths.ts';

/** Stats whose subtree has still to be counted: of how it was when they were made, or is now without what came since and does not count. */
export interface Uncounted {
  readonly stats: Slot;
  /** What came below since and is another quota's, or nobody's. */
  elsewhereCount: number;
  elsewhereBytes: number;
}

const FIRST_CELLS = 16;
const SLASH = 0x2f;

/**
 * Which paths have a quota: those about which there is a `zookeeper_limits` node. In step with the tree at every feature level, so that nobody has
 * to look for them when quotas come into force.
 *
 * Open addressing by the path's hash, which is made byte by byte: one pass over a path meets all of its prefixes.
 */
export class QuotaIndex {
  readonly #nodes: NodeTable;
  readonly #seed: number;
  readonly #factor: number;
  /** Pairs of hash and slot of the limits + 1. */
  #cells = new Int32Array(2 * FIRST_CELLS);
  /** Limits that there are. */
  count = 0;
  /** By the feature level: what is written counts, and limits hold. */
  isInForce = false;
  /** Quotas are in force, and there is one, or something to count: what has to be asked before anything else is. */
  isActive = false;
  /** By the node that the stats are about; those that this write has made. */
  readonly uncounted = new Map<Slot, Uncounted>();

  /** `hashSeed`: as that of the path index, of which nobody knows who chooses paths. */
  constructor(nodes: NodeTable, hashSeed: number) {
    this.#nodes = nodes;
    this.#seed = finishHash(hashSeed ^ 0x71756f74);
    this.#factor = finishHash(this.#seed ^ 0x61733161) | 1;
  }

  enforce(): void {
    this.isInForce = true;
    this.#review();
  }

  /** The limits nearest above `path[start, end)`, or about itself; NO_SLOT where it has no quota. */
  find(path: Uint8Array, start: number, end: number): Slot {
    let hash = this.#seed;
    let found: Slot = NO_SLOT;
    for (let at = start; at < end; at++) {
      const byte = path[at]!;
      if (byte === SLASH && at > start) found = this.#probe(hash, path, start, at, found);
      hash = Math.imul(hash ^ byte, this.#factor);
    }
    return this.#probe(hash, path, start, end, found);
  }

  /** Any node: only limits come in. */
  add(slot: Slot): void {
    const hash = this.#hashOf(slot);
    if (hash === undefined) return;
    if (wantsMoreCells(this.#cells, this.count)) this.#cells = twiceTheCells(this.#cells);
    putCell(this.#cells, hash, slot + 1);
    this.count++;
    this.#review();
  }

  /** Any node that was added. */
  remove(slot: Slot): void {
    const hash = this.#hashOf(slot);
    if (hash === undefined) return;
    removeCell(this.#cells, hash, slot + 1);
    this.count--;
    this.#review();
  }

  /** What is at and below `top` is to be counted for these stats. */
  await(top: Slot, stats: Slot): void {
    this.uncounted.set(top, { stats, elsewhereCount: 0, elsewhereBytes: 0 });
    this.#review();
  }

  /** It was done, or there is nothing to do any more. */
  forget(top: Slot): void {
    if (this.uncounted.delete(top)) this.#review();
  }

  /** All of them, and there are none any more. */
  takeUncounted(): Iterator<Uncounted> {
    const taken = [...this.uncounted.values()];
    this.uncounted.clear();
    this.#review();
    return taken.values();
  }

  /** All limits, in no order that means anything. Nothing may be added or removed meanwhile. */
  *limits(): IterableIterator<Slot> {
    const cells = this.#cells;
    for (let at = 1; at < cells.length; at += 2) if (cells[at] !== 0) yield (cells[at]! - 1) as Slot;
  }

  #review(): void {
    this.isActive = this.isInForce && (this.count > 0 || this.uncounted.size > 0);
  }

  /** The limits about `path[start, end)`, whose hash is not finished; `otherwise` where there are none. */
  #probe(unfinished: number, path: Uint8Array, start: number, end: number, otherwise: Slot): Slot {
    const hash = finishHash(unfinished);
    const cells = this.#cells;
    const mask = cells.length - 1;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const cell = cells[at + 1]!;
      if (cell === 0) return otherwise;
      if (cells[at] === hash && this.#isAbout((cell - 1) as Slot, path, start, end))
        return (cell - 1) as Slot;
    }
  }

  #isAbout(slot: Slot, path: Uint8Array, start: number, end: number): boolean {
    const nodes = this.#nodes;
    const ref = nodes.int(slot, Int.pathRef);
    const from = nodes.bytes.offsetOf(ref) + PREFIX_START;
    const length = prefixEnd(QuotaNode.limits, nodes.int(slot, Int.pathLength)) - PREFIX_START;
    if (length !== end - start) return false;
    const bytes = nodes.bytes.arrayOf(ref);
    for (let i = 0; i < length; i++) if (bytes[from + i] !== path[start + i]) return false;
    return true;
  }

  /** undefined of what are no limits of a path. */
  #hashOf(slot: Slot): number | undefined {
    const nodes = this.#nodes;
    const ref = nodes.int(slot, Int.pathRef);
    const start = nodes.bytes.offsetOf(ref);
    const end = start + nodes.int(slot, Int.pathLength);
    const path = nodes.bytes.arrayOf(ref);
    const kind = quotaNodeAt(path, start, end);
    if (kind !== QuotaNode.limits || !isAboutAPath(kind, start, end)) return undefined;
    let hash = this.#seed;
    const last = prefixEnd(kind, end);
    for (let at = start + PREFIX_START; at < last; at++) hash = Math.imul(hash ^ path[at]!, this.#factor);
    return finishHash(hash);
  }
}
