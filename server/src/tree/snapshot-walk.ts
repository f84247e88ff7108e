import { type AclList, copyRange, NO_SLOT, type Slot, Writer, writeAclList } from '@rookery/protocol';
import { writeIdentities } from '../model/identity-record.ts';
import type { Session } from '../session/session.ts';
import type { SessionTable } from '../session/table.ts';
import { Int, Real } from './node-table.ts';
import { beginRecord, RecordType, writeHeader, writeNode } from './snapshot-format.ts';
import type { Tree } from './tree.ts';
import type { ChangeObserver, Znodes } from './znodes.ts';

const FIRST_BUFFER_BYTES = 64 * 1024;

/**
 * A snapshot of tree and sessions as they are now, to be read in slices while writes go on. Only one at a time for a tree.
 * `extra` is whatever the replica wants kept with it.
 */
export function beginSnapshot(tree: Tree, sessions: SessionTable, extra: Uint8Array): SnapshotWalk {
  return new SnapshotWalk(tree, sessions, extra);
}

/**
 * Walks the slots in order. A node that is about to change or go, and that the walk has not reached, is written first
 * (copy on write); nodes created since the beginning are left out: their czxid tells. Before a node its parent is written, whatever
 * its slot: what reads the snapshot in ZooKeeper's order relies on it.
 *
 *   slots  ▓▓▓▓▓▓▓▓▓▓░░░▓░░░░▓░░░░░░░     ▓ written, ░ not yet
 *                   ▲ position  ▲ ahead of the walk: it changed, or one below it was written; remembered in `#ahead`
 */
export class SnapshotWalk implements ChangeObserver {
  readonly #znodes: Znodes;
  readonly #baseZxid: number;
  readonly #endSlot: number;
  readonly #sessions: Session[];
  #session = 0;
  #position = 0;
  /** One bit for each slot that was written before the walk came to it. */
  readonly #ahead: Uint8Array;
  /** Nodes to be written, each before the one below it. */
  readonly #line: Slot[] = [];
  readonly #out = new Writer(FIRST_BUFFER_BYTES);
  /** How much of `#out` has been handed out. */
  #handedOut = 0;
  #ended = false;

  constructor(tree: Tree, sessions: SessionTable, extra: Uint8Array) {
    const { znodes } = tree;
    if (znodes.observer !== undefined) throw new Error('a snapshot of this tree is under way already');
    this.#znodes = znodes;
    this.#baseZxid = tree.lastZxid;
    this.#endSlot = znodes.nodes.highWater;
    this.#ahead = new Uint8Array((this.#endSlot + 7) >> 3);
    this.#sessions = [...sessions.values()];
    const acls = znodes.acls.lists();
    writeHeader(this.#out, {
      zxid: tree.lastZxid,
      nodes: tree.nodeCount,
      acls: acls.filter((list) => list !== undefined).length,
      sessions: sessions.size,
      digestHigh: tree.digestHigh,
      digestLow: tree.digestLow,
      sessionsDigestHigh: sessions.digestHigh,
      sessionsDigestLow: sessions.digestLow,
      extra,
    });
    acls.forEach((list, id) => {
      if (list !== undefined) this.#writeAcl(id, list);
    });
    znodes.observer = this;
  }

  /**
   * The next piece, about `maxBytes` long and never longer, as memory of the caller's own; undefined once everything has been
   * handed out. Pieces are cut anywhere: put together they are the snapshot.
   */
  next(maxBytes: number): Uint8Array | undefined {
    const out = this.#out;
    while (out.length - this.#handedOut < maxBytes && !this.#ended) this.#writeOne();
    const from = this.#handedOut;
    const count = Math.min(maxBytes, out.length - from);
    if (count === 0) return undefined;
    const piece = copyRange(out.bytes, from, from + count);
    this.#handedOut = from + count;
    this.#closeGap();
    return piece;
  }

  /** Ends the walk before its time; `next` gives nothing any more. */
  abort(): void {
    this.#end();
    this.#out.clear();
    this.#handedOut = 0;
  }

  /** The tree calls it before a node changes or goes. */
  beforeChange(slot: Slot): void {
    if (this.#isDue(slot)) this.#writeInLine(slot);
  }

  /** Whether the node is one of the snapshot's that has not been written yet. */
  #isDue(slot: Slot): boolean {
    return slot >= this.#position && slot < this.#endSlot && this.#belongs(slot);
  }

  /** Those above it that are due as well come first. Of them none has changed: each is as it was at the beginning. */
  #writeInLine(slot: Slot): void {
    const { nodes } = this.#znodes;
    const line = this.#line;
    for (let each = slot; each !== NO_SLOT && this.#isDue(each); each = nodes.int(each, Int.parent) as Slot)
      line.push(each);
    for (let each = line.pop(); each !== undefined; each = line.pop()) {
      this.#ahead[each >> 3]! |= 1 << (each & 7);
      writeNode(this.#out, nodes, each);
    }
  }

  /** Moves what is left to the front, once that is no more than what has gone: so each byte moves about once. */
  #closeGap(): void {
    const out = this.#out;
    const left = out.length - this.#handedOut;
    if (left > this.#handedOut) return;
    out.bytes.copyWithin(0, this.#handedOut, out.length);
    out.length = left;
    this.#handedOut = 0;
  }

  #writeOne(): void {
    if (this.#session < this.#sessions.length) {
      this.#writeSession(this.#sessions[this.#session++]!);
    } else if (this.#position < this.#endSlot) {
      const slot = this.#position as Slot;
      if (this.#znodes.nodes.isUsed(slot) && this.#belongs(slot)) this.#writeInLine(slot);
      this.#position++;
    } else {
      this.#out.endFrame(beginRecord(this.#out, RecordType.end));
      this.#end();
    }
  }

  /** Whether the node in this slot is one of the snapshot's that has not been written yet. */
  #belongs(slot: Slot): boolean {
    const written = (this.#ahead[slot >> 3]! & (1 << (slot & 7))) !== 0;
    return !written && this.#znodes.nodes.real(slot, Real.czxid) <= this.#baseZxid;
  }

  #writeAcl(id: number, list: AclList): void {
    const frame = beginRecord(this.#out, RecordType.acl);
    this.#out.writeInt(id);
    writeAclList(this.#out, list);
    this.#out.endFrame(frame);
  }

  #writeSession(session: Session): void {
    const frame = beginRecord(this.#out, RecordType.session);
    this.#out.writeLong(session.id);
    this.#out.writeInt(session.timeoutMs);
    this.#out.writeLong(session.attachIndex);
    if (session.identities.length > 0) writeIdentities(this.#out, session.identities);
    this.#out.endFrame(frame);
  }

  #end(): void {
    this.#ended = true;
    if (this.#znodes.observer === this) this.#znodes.observer = undefined;
  }
}
