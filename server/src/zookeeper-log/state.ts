import { type AclList, lastSlash, NO_SLOT, parentEnd, type Slot } from '@rookery/protocol';
import { MAX_NODES } from '../bounds/limits.ts';
import { asSessionId, asZxid, type SessionId } from '../model/ids.ts';
import type { SessionTable } from '../session/table.ts';
import { Int, Real } from '../tree/node-table.ts';
import { CONTAINER_OWNER, PERSISTENT_OWNER, ttlOwner } from '../tree/owner.ts';
import { isConfigPath, isSpecialPath } from '../tree/special-nodes.ts';
import type { Tree } from '../tree/tree.ts';
import type { Znodes } from '../tree/znodes.ts';
import { DIGEST_VERSION, type SnapshotDigest } from '../zookeeper-snapshot/format.ts';
import type { SessionIds } from '../zookeeper-snapshot/session-ids.ts';
import type { NewSessionId, Rebuilt } from '../zookeeper-snapshot/to-own.ts';
import { DigestedNodes } from './digested-nodes.ts';
import type { Lifetime, LoggedTxn, Range, SingleTxn, TxnDigest, TxnHeader } from './txn.ts';

/** Why a transaction cannot be the next one. */
export const ReplayFault = {
  /** There is one between it and the state: something is missing. */
  hole: 'hole',
  /** The tree behind it, or behind the snapshot, is not the one that ZooKeeper had. */
  wrongDigest: 'wrong-digest',
  /** It changes what is not there, or makes what is there already. */
  unfitting: 'unfitting',
  tooManyNodes: 'too-many-nodes',
  /** Its id here is somebody else's: so unlikely that another try, with another secret, is all that it takes. */
  duplicateSession: 'duplicate-session',
} as const;
export type ReplayFault = (typeof ReplayFault)[keyof typeof ReplayFault];

/** What a create's header says of the node. */
interface Origin {
  readonly session: SessionId;
  readonly zxid: number;
  readonly timeMs: number;
}

const EPOCH = 0x1_0000_0000;

/**
 * Tree and sessions of an Apache ZooKeeper, from a snapshot of it on: takes its transactions one by one, as it logged them or as its leader sends them, by
 * the rules of its own DataTree. A pure function of them; whatever they are, the answer is a fault's code.
 *
 * A snapshot is taken while writes go on: of those since it began some are in it and some are not, so that each has to be taken that is behind the zxid
 * that it began with. Until the zxid that it ended with (`settledAt`) one may find that it was done already; behind it none may.
 *
 * Behind a fault the state is of no use.
 */
export class ZookeeperState {
  readonly tree: Tree;
  readonly sessions: SessionTable;
  readonly ids: SessionIds;
  /** Transactions that were applied. */
  applied = 0;
  /** Those among them whose digest was told, and is that of the tree. */
  compared = 0;
  readonly #znodes: Znodes;
  readonly #attachIndex: number;
  readonly #digested: DigestedNodes;
  readonly #told: SnapshotDigest | undefined;
  #settledAt: number;
  #zxid: number;
  readonly #newSessionId: NewSessionId;
  #fault: ReplayFault | undefined;

  /**
   * @param from what a snapshot gave; it is this state's from now on
   * @param began the zxid that the snapshot began with: its file's name has it, as has the packet that announces one to a learner
   * @param attachIndex of no attachment that a connection has
   */
  constructor(from: Rebuilt, began: number, attachIndex: number) {
    this.tree = from.tree;
    this.sessions = from.sessions;
    this.ids = from.ids;
    this.#znodes = from.tree.znodes;
    this.#attachIndex = attachIndex;
    this.#newSessionId = from.newSessionId;
    this.#zxid = began;
    const { digest, zxid } = from.told;
    // One of before it began is of an epoch's end, where none was taken: see deserializeZxidDigest in ZooKeeper.
    this.#told = digest !== undefined && digest.zxid >= began ? digest : undefined;
    this.#settledAt = zxid ?? this.#told?.zxid ?? Number.POSITIVE_INFINITY;
    this.tree.lastZxid = asZxid(began);
    this.#digested = new DigestedNodes(this.#znodes, this.ids);
    this.#compareWithSnapshot();
  }

  /** Of the last transaction that it holds for certain. */
  get zxid(): number {
    return this.#zxid;
  }

  /** False: the snapshot is of a time of which more transactions have to come. */
  get isSettled(): boolean {
    return this.#settledAt === Number.POSITIVE_INFINITY || this.#zxid >= this.#settledAt;
  }

  /** All that was in a snapshot that was sent has come behind it as well: from here on whatever does not fit, or has another digest, is a fault. */
  settle(): void {
    this.#settledAt = Math.min(this.#settledAt, this.#zxid);
  }

  /** The first one that was found: it stays the answer. */
  get fault(): ReplayFault | undefined {
    return this.#fault;
  }

  /** Of the tree, as ZooKeeper makes it: halves of 64 bits. */
  get digest(): { readonly high: number; readonly low: number } {
    return this.#digested.digest;
  }

  /** Takes the next transaction. Those that are in the state for certain are passed over. */
  apply({ header, txn, digest, bytes }: LoggedTxn): ReplayFault | undefined {
    const { zxid } = header;
    if (this.#fault !== undefined || zxid <= this.#zxid) return this.#fault;
    if (!isNext(this.#zxid, zxid)) return this.#fail(ReplayFault.hole);
    const session = this.ids.ours(header.sessionHigh, header.sessionLow);
    switch (txn.op) {
      case 'multi':
        for (const single of txn.txns) this.#applySingle(single, header, bytes);
        break;
      case 'createSession':
        this.#createSession(session, header, txn.timeoutMs);
        break;
      case 'closeSession':
        this.#closeSession(session, zxid, bytes, txn.paths);
        break;
      case 'reconfig':
        // Who the members are is no part of a tree.
        break;
      default:
        this.#applySingle(txn, header, bytes);
    }
    this.#zxid = zxid;
    this.tree.lastZxid = asZxid(zxid);
    this.applied++;
    this.#compareWithSnapshot();
    if (digest !== undefined) this.#compare(digest);
    return this.#fault;
  }

  #applySingle(txn: SingleTxn, header: TxnHeader, bytes: Uint8Array): void {
    const { zxid, timeMs } = header;
    switch (txn.op) {
      case 'create': {
        const session = txn.lifetime === 'ephemeral' ? this.#sessionOf(header) : asSessionId(0);
        this.#create(bytes, txn, { session, zxid, timeMs });
        break;
      }
      case 'delete':
        if (!this.#delete(bytes, txn.path, zxid)) this.#misfit();
        break;
      case 'setData':
        this.#setData(bytes, txn.path, txn.data, txn.version, zxid, timeMs);
        break;
      case 'setAcl':
        this.#setAcl(bytes, txn.path, txn.acl, txn.version);
        break;
      default:
    }
  }

  #create(bytes: Uint8Array, txn: SingleTxn & { readonly op: 'create' }, origin: Origin): void {
    const { start, end } = txn.path;
    const { index, nodes } = this.#znodes;
    const parent = index.find(bytes, start, parentEnd(start, lastSlash(bytes, start, end)));
    if (parent === NO_SLOT || end - start === 1) return this.#misfit();
    const isThere = index.find(bytes, start, end) !== NO_SLOT;
    if (isThere) this.#misfit();
    else if (nodes.count >= MAX_NODES) this.#fail(ReplayFault.tooManyNodes);
    if (this.#fault !== undefined) return;
    this.#digested.change(parent, () => {
      const creations = nodes.int(parent, Int.creations);
      const told = txn.parentCversion === -1 ? (creations + 1) | 0 : txn.parentCversion;
      // Where the node was created and deleted again while the snapshot was taken, its parent may know more already.
      if (told > creations) {
        nodes.setInt(parent, Int.creations, told);
        nodes.setReal(parent, Real.pzxid, origin.zxid);
      }
      if (!isThere) nodes.setInt(parent, Int.children, nodes.int(parent, Int.children) + 1);
    });
    if (!isThere) this.#insert(bytes, txn, parent, origin);
  }

  #insert(
    bytes: Uint8Array,
    { path, data, acl, lifetime }: SingleTxn & { readonly op: 'create' },
    parent: Slot,
    { session, zxid, timeMs }: Origin,
  ): void {
    const znodes = this.#znodes;
    const recorded = {
      dataStart: data.start,
      dataEnd: data.end,
      version: 0,
      aversion: 0,
      czxid: zxid,
      mzxid: zxid,
      pzxid: zxid,
      ctime: timeMs,
      mtime: timeMs,
    };
    const owner = ownerOf(lifetime, session);
    const slot = znodes.insertRecorded(bytes, path.start, path.end, acl, bytes, recorded, 0, owner);
    znodes.nodes.link(slot, parent);
    this.#digested.add(slot);
  }

  /** With all that is below it: that has been created later, and comes again. False: it is not there. */
  #delete(bytes: Uint8Array, { start, end }: Range, zxid: number): boolean {
    const { index, nodes } = this.#znodes;
    if (isSpecialPath(bytes, start, end)) return false;
    const slot = index.find(bytes, start, end);
    if (slot !== NO_SLOT) {
      this.#remove(slot, zxid);
      return true;
    }
    // Gone already, of which its parent may not know yet.
    const parent = index.find(bytes, start, parentEnd(start, lastSlash(bytes, start, end)));
    if (parent !== NO_SLOT && nodes.real(parent, Real.pzxid) < zxid)
      this.#digested.change(parent, () => nodes.setReal(parent, Real.pzxid, zxid));
    return false;
  }

  #remove(slot: Slot, zxid: number): void {
    const { nodes } = this.#znodes;
    // Depth first and without a call for each level: trees may be as deep as paths are long.
    for (let at = slot; ; ) {
      const child = nodes.int(at, Int.firstChild) as Slot;
      if (child !== NO_SLOT) {
        at = child;
        continue;
      }
      const parent = nodes.int(at, Int.parent) as Slot;
      this.#removeLeaf(at, parent, zxid);
      if (at === slot) return;
      at = parent;
    }
  }

  #removeLeaf(slot: Slot, parent: Slot, zxid: number): void {
    const znodes = this.#znodes;
    this.#digested.subtract(slot);
    this.#digested.subtract(parent);
    const known = znodes.nodes.real(parent, Real.pzxid);
    znodes.remove(slot, asZxid(Math.max(known, zxid)));
    this.#digested.add(parent);
  }

  #setData(bytes: Uint8Array, path: Range, data: Range, version: number, zxid: number, timeMs: number): void {
    if (isConfigPath(bytes, path.start, path.end)) return;
    const { index, nodes } = this.#znodes;
    const slot = index.find(bytes, path.start, path.end);
    if (slot === NO_SLOT) return this.#misfit();
    this.#digested.change(slot, () => {
      this.#znodes.putData(slot, bytes, data.start, data.end);
      nodes.setInt(slot, Int.version, version);
      nodes.setReal(slot, Real.mzxid, zxid);
      nodes.setReal(slot, Real.mtime, timeMs);
    });
  }

  #setAcl(bytes: Uint8Array, path: Range, acl: AclList, version: number): void {
    if (isConfigPath(bytes, path.start, path.end)) return;
    const { index, nodes } = this.#znodes;
    const slot = index.find(bytes, path.start, path.end);
    if (slot === NO_SLOT) return this.#misfit();
    this.#digested.change(slot, () => {
      this.#znodes.putAcl(slot, acl);
      nodes.setInt(slot, Int.aversion, version);
    });
  }

  #createSession(
    known: SessionId | undefined,
    { sessionHigh, sessionLow }: TxnHeader,
    timeoutMs: number,
  ): void {
    if (known === undefined || !this.sessions.attach(known, this.#attachIndex, undefined, timeoutMs))
      this.#newSession(sessionHigh, sessionLow, timeoutMs);
  }

  /** Of an ephemeral node: where a snapshot is not settled, its session may have been closed since, and the node goes with the rest. */
  #sessionOf({ sessionHigh, sessionLow }: TxnHeader): SessionId {
    const known = this.ids.ours(sessionHigh, sessionLow);
    if (known !== undefined) return known;
    this.#misfit();
    return this.#newSession(sessionHigh, sessionLow, 0);
  }

  #newSession(high: number, low: number, timeoutMs: number): SessionId {
    const id = asSessionId(this.#newSessionId(high, low));
    if (this.sessions.get(id) !== undefined) this.#fail(ReplayFault.duplicateSession);
    this.ids.add(high, low, id);
    this.sessions.create(id, timeoutMs, this.#attachIndex);
    return id;
  }

  #closeSession(
    session: SessionId | undefined,
    zxid: number,
    bytes: Uint8Array,
    paths: readonly Range[],
  ): void {
    for (const path of paths) this.#delete(bytes, path, zxid);
    if (session === undefined) return;
    const { ephemerals } = this.#znodes;
    for (
      let slots = ephemerals.iterate(session), next = slots.next();
      next.done !== true;
      next = slots.next()
    )
      this.#remove(next.value, zxid);
    this.sessions.close(session);
    this.ids.remove(session);
  }

  #misfit(): void {
    if (this.#zxid >= this.#settledAt) this.#fail(ReplayFault.unfitting);
  }

  #fail(fault: ReplayFault): ReplayFault {
    this.#fault ??= fault;
    return this.#fault;
  }

  #compareWithSnapshot(): void {
    if (this.#told?.zxid === this.#zxid) this.#compareHalves(this.#told);
  }

  #compare(digest: TxnDigest): void {
    // Amid a snapshot the tree is none that ever was.
    if (digest.version !== DIGEST_VERSION || this.#zxid < this.#settledAt) return;
    this.#compareHalves(digest);
    this.compared++;
  }

  #compareHalves({ high, low }: { readonly high: number; readonly low: number }): void {
    const { digest } = this.#digested;
    if (digest.high !== high || digest.low !== low) this.#fail(ReplayFault.wrongDigest);
  }
}

/** ZooKeeper counts by one within an epoch, and from one on in each new one; an epoch may have no write at all. */
function isNext(before: number, zxid: number): boolean {
  return zxid === before + 1 || (zxid % EPOCH === 1 && Math.floor(zxid / EPOCH) > Math.floor(before / EPOCH));
}

function ownerOf(lifetime: Lifetime, session: SessionId): number {
  if (lifetime === 'persistent') return PERSISTENT_OWNER;
  if (lifetime === 'ephemeral') return session;
  return lifetime === 'container' ? CONTAINER_OWNER : ttlOwner(lifetime.ttlMs);
}
