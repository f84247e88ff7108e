import type { AclList, Slot } from '@rookery/protocol';
import { hashBytes } from '../codec/hash.ts';
import type { Zxid } from '../model/ids.ts';
import { AclTable } from './acl-table.ts';
import { NO_BYTES_REF } from './byte-store.ts';
import { TreeDigest } from './digest.ts';
import { Ephemerals } from './ephemerals.ts';
import { Int, NodeTable, Real } from './node-table.ts';
import { isEphemeral, isTransient } from './owner.ts';
import { PathIndex } from './path-index.ts';
import { QuotaIndex } from './quota-index.ts';
import { mayBeQuotaNode } from './quota-paths.ts';
import { UndoKind, UndoLog } from './undo-log.ts';

const PATH_HASH_SEED = 0x70617468;
const DATA_HASH_SEED = 0x64617461;

/** Wants to see each node before it changes: a snapshot under way. */
export interface ChangeObserver {
  beforeChange(slot: Slot): void;
}

/** What a snapshot says of a node, whatever its format. */
export interface RecordedNode {
  readonly dataStart: number;
  readonly dataEnd: number;
  readonly version: number;
  readonly aversion: number;
  readonly czxid: number;
  readonly mzxid: number;
  readonly pzxid: number;
  readonly ctime: number;
  readonly mtime: number;
}

/**
 * The znodes with everything that must stay in step with them: path index, ACL table, ephemerals, digest, the undo log of a
 * multi, a snapshot under way. Each method is one change; whether it is allowed is for the caller (see operations.ts).
 */
export class Znodes {
  readonly nodes = new NodeTable();
  readonly acls = new AclTable();
  readonly ephemerals = new Ephemerals();
  /** Containers and TTL nodes: what the leader looks through for those whose time is over. */
  readonly transients = new Set<Slot>();
  readonly digest = new TreeDigest();
  readonly index: PathIndex;
  readonly quotas: QuotaIndex;
  readonly undo = new UndoLog();
  observer: ChangeObserver | undefined;

  constructor(hashSeed: number) {
    this.index = new PathIndex(this.nodes, hashSeed);
    this.quotas = new QuotaIndex(this.nodes, hashSeed);
  }

  /** A node without a parent's knowledge of it; for the root, and for nodes read from a snapshot. */
  insert(path: Uint8Array, start: number, end: number, acl: AclList): Slot {
    const { nodes } = this;
    const slot = nodes.allocate(path, start, end);
    nodes.setInt(slot, Int.pathHash, hashBytes(path, start, end, PATH_HASH_SEED));
    nodes.setInt(slot, Int.acl, this.acls.acquire(acl));
    this.index.insert(slot);
    if (mayBeQuotaNode(path, start)) this.quotas.add(slot);
    return slot;
  }

  /** A node as a snapshot has it, its data a range of `bytes`; without its parent's knowledge of it. */
  insertRecorded(
    path: Uint8Array,
    start: number,
    end: number,
    acl: AclList,
    bytes: Uint8Array,
    recorded: RecordedNode,
    creations: number,
    owner: number,
  ): Slot {
    const { nodes } = this;
    const slot = this.insert(path, start, end, acl);
    this.putData(slot, bytes, recorded.dataStart, recorded.dataEnd);
    nodes.setInt(slot, Int.version, recorded.version);
    nodes.setInt(slot, Int.aversion, recorded.aversion);
    nodes.setInt(slot, Int.creations, creations);
    nodes.setReal(slot, Real.czxid, recorded.czxid);
    nodes.setReal(slot, Real.mzxid, recorded.mzxid);
    nodes.setReal(slot, Real.pzxid, recorded.pzxid);
    nodes.setReal(slot, Real.ctime, recorded.ctime);
    nodes.setReal(slot, Real.mtime, recorded.mtime);
    nodes.setReal(slot, Real.owner, owner);
    this.endChange(slot);
    this.own(slot, owner);
    return slot;
  }

  /**
   * A new child of `parent`, with the numbers that ZooKeeper gives it; the path must not exist. The caller goes on with
   * `putData` and `endChange`.
   */
  create(
    parent: Slot,
    path: Uint8Array,
    start: number,
    end: number,
    acl: AclList,
    owner: number,
    zxid: Zxid,
    timeMs: number,
  ): Slot {
    const { nodes } = this;
    this.beginChange(parent);
    nodes.setInt(parent, Int.creations, nodes.int(parent, Int.creations) + 1);
    nodes.setInt(parent, Int.children, nodes.int(parent, Int.children) + 1);
    nodes.setReal(parent, Real.pzxid, zxid);
    this.endChange(parent);

    const slot = this.insert(path, start, end, acl);
    nodes.link(slot, parent);
    nodes.setReal(slot, Real.czxid, zxid);
    nodes.setReal(slot, Real.mzxid, zxid);
    nodes.setReal(slot, Real.pzxid, zxid);
    nodes.setReal(slot, Real.ctime, timeMs);
    nodes.setReal(slot, Real.mtime, timeMs);
    nodes.setReal(slot, Real.owner, owner);
    this.own(slot, owner);
    if (this.undo.active) this.undo.record(UndoKind.created, slot);
    return slot;
  }

  /** The data of a node inserted just now, or between `beginChange` and `endChange`. `start` −1 is null. */
  putData(slot: Slot, data: Uint8Array, start: number, end: number): void {
    const { nodes, undo } = this;
    const oldRef = nodes.int(slot, Int.dataRef);
    const oldLength = nodes.int(slot, Int.dataLength);
    let ref: number;
    if (undo.active) {
      undo.dropData(oldRef, oldLength);
      ref = nodes.bytes.store(data, start, end);
    } else {
      ref = nodes.bytes.replace(oldRef, oldLength, data, start, end);
    }
    nodes.setInt(slot, Int.dataRef, ref);
    nodes.setInt(slot, Int.dataLength, start < 0 ? -1 : end - start);
    nodes.setInt(slot, Int.dataHash, start < 0 ? 0 : hashBytes(data, start, end, DATA_HASH_SEED));
  }

  /** Between `beginChange` and `endChange`. Never in a multi: the protocol has no such step. */
  putAcl(slot: Slot, acl: AclList): void {
    const old = this.nodes.int(slot, Int.acl);
    this.nodes.setInt(slot, Int.acl, this.acls.acquire(acl));
    this.acls.release(old);
  }

  /** A childless node goes. */
  remove(slot: Slot, zxid: Zxid): void {
    const { nodes } = this;
    this.observer?.beforeChange(slot);
    this.digest.subtract(nodes, this.acls, slot);
    const parent = nodes.int(slot, Int.parent) as Slot;
    this.beginChange(parent);
    nodes.setInt(parent, Int.children, nodes.int(parent, Int.children) - 1);
    nodes.setReal(parent, Real.pzxid, zxid);
    this.endChange(parent);
    this.#detach(slot);
    if (this.undo.active) this.undo.record(UndoKind.deleted, slot);
    else this.#release(slot);
  }

  beginChange(slot: Slot): void {
    this.observer?.beforeChange(slot);
    if (this.undo.active) this.undo.recordChange(this.nodes, slot);
    this.digest.subtract(this.nodes, this.acls, slot);
  }

  endChange(slot: Slot): void {
    this.digest.add(this.nodes, this.acls, slot);
  }

  /** From here on every change is kept in the undo log, until `commit` or `rollback`. */
  beginMulti(): void {
    this.undo.open(this.digest.low, this.digest.high);
  }

  commit(): void {
    const { undo, nodes } = this;
    for (let step = 0; step < undo.count; step++) {
      if (undo.kind(step) === UndoKind.deleted) this.#release(undo.slot(step));
    }
    for (let i = 0; i < undo.droppedRefs.length; i++) {
      nodes.bytes.release(undo.droppedRefs[i]!, undo.droppedLengths[i]!);
    }
    undo.end();
  }

  /** The tree is as it was at `beginMulti`, sequence counters included. */
  rollback(): void {
    const { undo } = this;
    for (let step = undo.count - 1; step >= 0; step--) this.#takeBack(step);
    this.digest.low = undo.digestLow;
    this.digest.high = undo.digestHigh;
    undo.end();
  }

  #takeBack(step: number): void {
    const { undo, nodes } = this;
    const slot = undo.slot(step);
    switch (undo.kind(step)) {
      case UndoKind.created:
        this.#detach(slot);
        this.#release(slot);
        break;
      case UndoKind.deleted:
        this.#attach(slot);
        break;
      case UndoKind.changed: {
        const ref = nodes.int(slot, Int.dataRef);
        if (ref !== undo.oldInt(step, Int.dataRef) && ref !== NO_BYTES_REF) {
          nodes.bytes.release(ref, nodes.int(slot, Int.dataLength));
        }
        undo.restore(nodes, step);
      }
    }
  }

  /** The node is known by what its life depends on. */
  own(slot: Slot, owner: number): void {
    if (isEphemeral(owner)) this.ephemerals.add(owner, slot);
    else if (isTransient(owner)) this.transients.add(slot);
  }

  /** Out of index, list and what knows it by its owner; the slot keeps its content. */
  #detach(slot: Slot): void {
    const owner = this.nodes.real(slot, Real.owner);
    if (isEphemeral(owner)) this.ephemerals.remove(owner, slot);
    else if (isTransient(owner)) this.transients.delete(slot);
    this.index.remove(slot);
    if (this.quotas.count > 0) this.quotas.remove(slot);
    this.nodes.unlink(slot);
  }

  #attach(slot: Slot): void {
    const owner = this.nodes.real(slot, Real.owner);
    this.nodes.relink(slot);
    this.index.insert(slot);
    this.quotas.add(slot);
    this.own(slot, owner);
  }

  #release(slot: Slot): void {
    this.acls.release(this.nodes.int(slot, Int.acl));
    this.nodes.release(slot);
  }
}
