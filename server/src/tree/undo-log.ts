import type { Slot } from '@rookery/protocol';
import { type ByteRef, NO_BYTES_REF } from './byte-store.ts';
import { CONTENT_INTS, type NodeTable, REALS } from './node-table.ts';

/** What a step of a multi did to a node. */
export const UndoKind = {
  /** The node was about to change: its numbers follow. */
  changed: 0,
  created: 1,
  deleted: 2,
} as const;
export type UndoKind = (typeof UndoKind)[keyof typeof UndoKind];

/**
 * The steps of a multi, so that they can be taken back, newest first. While it is active nothing is given back: deleted nodes
 * keep their slot, replaced data its memory, until the multi is sure.
 */
export class UndoLog {
  active = false;
  count = 0;
  readonly #kinds: UndoKind[] = [];
  readonly #slots: Slot[] = [];
  /** Numbers of `changed` steps, at the step's own number. */
  #reals = new Float64Array(16 * REALS);
  #ints = new Int32Array(16 * CONTENT_INTS);
  /** The digest before the multi. */
  digestLow = 0;
  digestHigh = 0;

  /** Data that the multi's nodes no longer have: given back once it is sure. */
  readonly droppedRefs: ByteRef[] = [];
  readonly droppedLengths: number[] = [];

  open(digestLow: number, digestHigh: number): void {
    this.active = true;
    this.digestLow = digestLow;
    this.digestHigh = digestHigh;
  }

  end(): void {
    this.active = false;
    this.count = 0;
    this.droppedRefs.length = 0;
    this.droppedLengths.length = 0;
  }

  kind(step: number): UndoKind {
    return this.#kinds[step]!;
  }

  slot(step: number): Slot {
    return this.#slots[step]!;
  }

  record(kind: UndoKind, slot: Slot): void {
    const step = this.count++;
    this.#kinds[step] = kind;
    this.#slots[step] = slot;
  }

  recordChange(nodes: NodeTable, slot: Slot): void {
    const step = this.count;
    while ((step + 1) * CONTENT_INTS > this.#ints.length) this.#grow();
    this.record(UndoKind.changed, slot);
    const reals = nodes.realsAt(slot);
    const real = nodes.realOffset(slot);
    for (let i = 0; i < REALS; i++) this.#reals[step * REALS + i] = reals[real + i]!;
    const ints = nodes.intsAt(slot);
    const int = nodes.intOffset(slot);
    for (let i = 0; i < CONTENT_INTS; i++) this.#ints[step * CONTENT_INTS + i] = ints[int + i]!;
  }

  dropData(ref: ByteRef, length: number): void {
    if (ref === NO_BYTES_REF) return;
    this.droppedRefs.push(ref);
    this.droppedLengths.push(length);
  }

  /** What one of the node's content ints was before a `changed` step. */
  oldInt(step: number, field: number): number {
    return this.#ints[step * CONTENT_INTS + field]!;
  }

  /** Gives the node its numbers from before the step. */
  restore(nodes: NodeTable, step: number): void {
    const slot = this.#slots[step]!;
    const reals = nodes.realsAt(slot);
    const real = nodes.realOffset(slot);
    for (let i = 0; i < REALS; i++) reals[real + i] = this.#reals[step * REALS + i]!;
    const ints = nodes.intsAt(slot);
    const int = nodes.intOffset(slot);
    for (let i = 0; i < CONTENT_INTS; i++) ints[int + i] = this.#ints[step * CONTENT_INTS + i]!;
  }

  #grow(): void {
    const reals = new Float64Array(this.#reals.length * 2);
    reals.set(this.#reals);
    this.#reals = reals;
    const ints = new Int32Array(this.#ints.length * 2);
    ints.set(this.#ints);
    this.#ints = ints;
  }
}
