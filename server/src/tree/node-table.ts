import { copyBytes, decodeUtf8, equalBytes, NO_SLOT, type Slot, type Stat } from '@rookery/protocol';
import { ByteStore, NO_BYTES_REF } from './byte-store.ts';

/** Numbers of a node kept as doubles. */
export const Real = {
  czxid: 0,
  mzxid: 1,
  pzxid: 2,
  ctime: 3,
  mtime: 4,
  /** Who owns the node's life: see owner.ts. */
  owner: 5,
} as const;
export type Real = (typeof Real)[keyof typeof Real];
export const REALS = 6;

/** Numbers of a node kept as 32-bit integers. */
export const Int = {
  version: 0,
  aversion: 1,
  /** Children ever created here, the source of sequence numbers; wraps. */
  creations: 2,
  /** Children there are. */
  children: 3,
  acl: 4,
  dataRef: 5,
  /** −1 for null. */
  dataLength: 6,
  dataHash: 7,
  /** From here on: where the node is, which an undo does not restore by copying. */
  pathRef: 8,
  /** 0 marks a free slot. */
  pathLength: 9,
  pathHash: 10,
  parent: 11,
  firstChild: 12,
  lastChild: 13,
  next: 14,
  previous: 15,
} as const;
export type Int = (typeof Int)[keyof typeof Int];
/** The ints that a write to a node may change; they come first. */
export const CONTENT_INTS = 8;
const INTS_SHIFT = 4;

const CHUNK_SHIFT = 10;
const CHUNK_NODES = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_NODES - 1;

/**
 * The znodes, field by field in typed arrays, so that the garbage collector never walks them. A slot is a node's number:
 *
 *   chunk = slot >> 10     reals[chunk]: 1024 × 6 doubles     ints[chunk]: 1024 × 16 integers     bytes: paths and data
 *
 * Children of a node are a doubly linked list through `next` and `previous`. Free slots are linked through `next`.
 */
export class NodeTable {
  readonly reals: Float64Array[] = [];
  readonly ints: Int32Array[] = [];
  readonly bytes = new ByteStore();
  /** Slots at and above it have never been used. */
  highWater = 0;
  count = 0;
  /** Nodes whose children do not stand in the order of their creation: those of a snapshot may come in any. What is created later stands behind what was before. */
  readonly disordered = new Set<Slot>();
  #firstFree: Slot = NO_SLOT;

  real(slot: Slot, field: Real): number {
    return this.reals[slot >> CHUNK_SHIFT]![(slot & CHUNK_MASK) * REALS + field]!;
  }

  setReal(slot: Slot, field: Real, value: number): void {
    this.reals[slot >> CHUNK_SHIFT]![(slot & CHUNK_MASK) * REALS + field] = value;
  }

  int(slot: Slot, field: Int): number {
    return this.ints[slot >> CHUNK_SHIFT]![((slot & CHUNK_MASK) << INTS_SHIFT) + field]!;
  }

  setInt(slot: Slot, field: Int, value: number): void {
    this.ints[slot >> CHUNK_SHIFT]![((slot & CHUNK_MASK) << INTS_SHIFT) + field] = value;
  }

  /** Where the node's doubles begin in `reals[slot >> 10]`. */
  realsAt(slot: Slot): Float64Array {
    return this.reals[slot >> CHUNK_SHIFT]!;
  }

  realOffset(slot: Slot): number {
    return (slot & CHUNK_MASK) * REALS;
  }

  intsAt(slot: Slot): Int32Array {
    return this.ints[slot >> CHUNK_SHIFT]!;
  }

  intOffset(slot: Slot): number {
    return (slot & CHUNK_MASK) << INTS_SHIFT;
  }

  isUsed(slot: Slot): boolean {
    return this.int(slot, Int.pathLength) !== 0;
  }

  /** A new node with this path: no data, all numbers 0, no links. */
  allocate(path: Uint8Array, start: number, end: number): Slot {
    let slot = this.#firstFree;
    if (slot === NO_SLOT) {
      slot = this.highWater++ as Slot;
      if (slot >> CHUNK_SHIFT === this.ints.length) {
        this.reals.push(new Float64Array(CHUNK_NODES * REALS));
        this.ints.push(new Int32Array(CHUNK_NODES << INTS_SHIFT));
      }
    } else {
      this.#firstFree = this.int(slot, Int.next) as Slot;
    }
    const ints = this.intsAt(slot);
    const at = this.intOffset(slot);
    ints.fill(0, at, at + Int.pathRef);
    ints[at + Int.dataRef] = NO_BYTES_REF;
    ints[at + Int.dataLength] = -1;
    ints[at + Int.pathRef] = this.bytes.store(path, start, end);
    ints[at + Int.pathLength] = end - start;
    ints.fill(NO_SLOT, at + Int.parent, at + Int.previous + 1);
    const reals = this.realsAt(slot);
    const realAt = this.realOffset(slot);
    reals.fill(0, realAt, realAt + REALS);
    this.count++;
    return slot;
  }

  /** Gives slot, path and data back. The node is already out of its parent's list. */
  release(slot: Slot): void {
    const ints = this.intsAt(slot);
    const at = this.intOffset(slot);
    this.bytes.release(ints[at + Int.pathRef]!, ints[at + Int.pathLength]!);
    this.bytes.release(ints[at + Int.dataRef]!, ints[at + Int.dataLength]!);
    ints[at + Int.pathLength] = 0;
    ints[at + Int.next] = this.#firstFree;
    this.#firstFree = slot;
    this.count--;
    if (this.disordered.size > 0) this.disordered.delete(slot);
  }

  /** Appends to the parent's list. The parent's counts are the caller's. */
  link(slot: Slot, parent: Slot): void {
    const last = this.int(parent, Int.lastChild) as Slot;
    this.setInt(slot, Int.parent, parent);
    this.setInt(slot, Int.previous, last);
    this.setInt(slot, Int.next, NO_SLOT);
    if (last === NO_SLOT) this.setInt(parent, Int.firstChild, slot);
    else this.setInt(last, Int.next, slot);
    this.setInt(parent, Int.lastChild, slot);
  }

  /** Takes the node out of its parent's list, but leaves its own links, so that `relink` finds the place again. */
  unlink(slot: Slot): void {
    const parent = this.int(slot, Int.parent) as Slot;
    const next = this.int(slot, Int.next) as Slot;
    const previous = this.int(slot, Int.previous) as Slot;
    if (previous === NO_SLOT) this.setInt(parent, Int.firstChild, next);
    else this.setInt(previous, Int.next, next);
    if (next === NO_SLOT) this.setInt(parent, Int.lastChild, previous);
    else this.setInt(next, Int.previous, previous);
  }

  /** Undoes the latest `unlink` not undone yet. */
  relink(slot: Slot): void {
    const parent = this.int(slot, Int.parent) as Slot;
    const next = this.int(slot, Int.next) as Slot;
    const previous = this.int(slot, Int.previous) as Slot;
    if (previous === NO_SLOT) this.setInt(parent, Int.firstChild, slot);
    else this.setInt(previous, Int.next, slot);
    if (next === NO_SLOT) this.setInt(parent, Int.lastChild, slot);
    else this.setInt(next, Int.previous, slot);
  }

  pathEquals(slot: Slot, path: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (this.int(slot, Int.pathLength) !== length) return false;
    const ref = this.int(slot, Int.pathRef);
    return equalBytes(this.bytes.arrayOf(ref), this.bytes.offsetOf(ref), path, start, length);
  }

  path(slot: Slot): string {
    const ref = this.int(slot, Int.pathRef);
    const start = this.bytes.offsetOf(ref);
    return decodeUtf8(this.bytes.arrayOf(ref), start, start + this.int(slot, Int.pathLength));
  }

  copyPath(slot: Slot, target: Uint8Array, offset: number): void {
    const ref = this.int(slot, Int.pathRef);
    const start = this.bytes.offsetOf(ref);
    copyBytes(target, offset, this.bytes.arrayOf(ref), start, start + this.int(slot, Int.pathLength));
  }

  /** Where in the node's path its own name begins. The root has none. */
  nameStart(slot: Slot): number {
    const parentLength = this.int(this.int(slot, Int.parent) as Slot, Int.pathLength);
    return parentLength === 1 ? 1 : parentLength + 1;
  }

  copyName(slot: Slot, target: Uint8Array, offset: number): void {
    const ref = this.int(slot, Int.pathRef);
    const start = this.bytes.offsetOf(ref);
    const end = start + this.int(slot, Int.pathLength);
    copyBytes(target, offset, this.bytes.arrayOf(ref), start + this.nameStart(slot), end);
  }

  copyData(slot: Slot, target: Uint8Array, offset: number): void {
    const ref = this.int(slot, Int.dataRef);
    if (ref === NO_BYTES_REF) return;
    const start = this.bytes.offsetOf(ref);
    copyBytes(target, offset, this.bytes.arrayOf(ref), start, start + this.int(slot, Int.dataLength));
  }

  readStat(slot: Slot, stat: Stat): void {
    const reals = this.realsAt(slot);
    const real = this.realOffset(slot);
    const ints = this.intsAt(slot);
    const int = this.intOffset(slot);
    const children = ints[int + Int.children]!;
    const dataLength = ints[int + Int.dataLength]!;
    const owner = reals[real + Real.owner]!;
    stat.czxid = reals[real + Real.czxid]!;
    stat.mzxid = reals[real + Real.mzxid]!;
    stat.ctime = reals[real + Real.ctime]!;
    stat.mtime = reals[real + Real.mtime]!;
    stat.version = ints[int + Int.version]!;
    stat.cversion = (2 * ints[int + Int.creations]! - children) | 0;
    stat.aversion = ints[int + Int.aversion]!;
    stat.ephemeralOwner = Math.max(owner, 0);
    stat.dataLength = Math.max(dataLength, 0);
    stat.numChildren = children;
    stat.pzxid = reals[real + Real.pzxid]!;
  }
}
