import {
  type AclList,
  type CheckNotExistsWrite,
  type CheckStatWrite,
  ErrorCode,
  encodeUtf8,
  type Identities,
  type MultiWrite,
  NO_SLOT,
  type NodeReader,
  OpCode,
  type Slot,
  type Stat,
  type TreeWrite,
} from '@rookery/protocol';
import { MAX_NODES, MAX_REMOVED_NODES, MAX_REMOVED_PATH_BYTES } from '../bounds/limits.ts';
import { ANYONE, permits } from '../model/access.ts';
import { asSessionId, NO_SESSION, NO_ZXID, type SessionId, type Zxid } from '../model/ids.ts';
import type { QuotaTotals } from '../model/namespace-quotas.ts';
import { TreeDigest } from './digest.ts';
import { applyWrite, keeperCheck } from './keeper-operations.ts';
import { Int, Real } from './node-table.ts';
import { removeNode, type WriteContext } from './operations.ts';
import { Outcome } from './outcome.ts';
import { QuotaCount } from './quota-count.ts';
import type { Uncounted } from './quota-index.ts';
import { statsBeside } from './quota-rules.ts';
import { quotaTotals } from './quota-totals.ts';
import { SessionEnd } from './session-end.ts';
import { insertSpecialNodes, ROOT_PATH } from './special-nodes.ts';
import { countBelow, looksToCount } from './subtree-count.ts';
import { isOver } from './transient.ts';
import { Znodes } from './znodes.ts';

export interface TreeOptions {
  /** Makes the path index's hashing unpredictable; any 32-bit number, different on each member. */
  readonly hashSeed?: number;
  /** The same on every member. */
  readonly maxNodes?: number;
  /** Nodes that one write may remove without naming them; the same on every member. */
  readonly maxRemovedNodes?: number;
  /** Nodes that go with a session in one call; each member has its own. Without it all of them do. */
  readonly pieceNodes?: number;
}

/**
 * The replicated tree of znodes. `apply` and `closeSession` are pure functions of the tree and the log entry: no clock, no
 * randomness, no exceptions; a write that fails is an outcome with its code. Reads never see half a write; between the pieces of a
 * long one (`isAmid`), which ends a session or counts what is below a quota, nobody is to read.
 */
export class Tree implements NodeReader {
  readonly znodes: Znodes;
  readonly #outcome = new Outcome();
  readonly #context: WriteContext;
  readonly #pieceNodes: number;
  readonly #mostRemoved: number;
  #ending: SessionEnd | undefined;
  #counting: QuotaCount | undefined;
  /** The zxid of the last write. */
  lastZxid: Zxid = NO_ZXID;

  /** A new tree with the special nodes, or (for the snapshot loader) around `znodes` that are there already. */
  constructor(options: TreeOptions = {}, znodes?: Znodes) {
    this.#context = {
      zxid: NO_ZXID,
      timeMs: 0,
      session: NO_SESSION,
      identities: ANYONE,
      maxNodes: options.maxNodes ?? MAX_NODES,
      enforcesQuotas: false,
      removals: { nodes: 0, pathBytes: 0 },
    };
    this.#mostRemoved = options.maxRemovedNodes ?? MAX_REMOVED_NODES;
    this.#pieceNodes = options.pieceNodes ?? Number.POSITIVE_INFINITY;
    this.znodes = znodes ?? new Znodes(options.hashSeed ?? 0);
    if (znodes === undefined) insertSpecialNodes(this.znodes);
  }

  /**
   * Applies one write. `zxid` must be above every earlier one; `timeMs` is the leader's time from the entry; `session` owns the
   * ephemerals that it creates; `identities` are the connection's; `enforcesQuotas` says whether hard limits of quotas hold. The outcome is valid until
   * the next apply. While `isAmid` holds afterwards, `goOn` has to be called before anything else is applied.
   */
  apply(
    write: TreeWrite,
    zxid: Zxid,
    timeMs: number,
    session: SessionId,
    identities: Identities = ANYONE,
    enforcesQuotas = false,
  ): Outcome {
    const outcome = this.#begin(zxid);
    const context = this.#context;
    context.zxid = zxid;
    context.timeMs = timeMs;
    context.session = session;
    context.identities = identities;
    context.enforcesQuotas = enforcesQuotas;
    context.removals.nodes = this.#mostRemoved;
    context.removals.pathBytes = MAX_REMOVED_PATH_BYTES;
    if (write.op === OpCode.multi) {
      this.#applyMulti(write, outcome);
    } else {
      const result = outcome.nextResult(write.op);
      outcome.err = result.err = applyWrite(this.znodes, outcome, context, write, result);
    }
    const { quotas } = this.znodes;
    if (quotas.uncounted.size > 0) this.#count(quotas.takeUncounted());
    return outcome;
  }

  /**
   * Deletes the session's ephemeral nodes, in the order of their paths: `pieceNodes` of them, of which the outcome tells. While `isAmid`
   * holds afterwards, `goOn` has to be called for the others, before anything else is applied.
   */
  closeSession(session: SessionId, zxid: Zxid): Outcome {
    this.#begin(zxid);
    const { nodes, ephemerals } = this.znodes;
    this.#ending = new SessionEnd(nodes, ephemerals.iterate(session));
    return this.#endMore(this.#ending);
  }

  /** Quotas count and hold from here on. What has one already is counted first: as with `apply`, `goOn` while `isAmid` holds. */
  beginQuotas(): void {
    const { quotas } = this.znodes;
    quotas.enforce();
    if (quotas.count > 0) this.#count(this.#allStats());
  }

  /** A snapshot's tree: they were in force already. */
  keepQuotas(): void {
    this.znodes.quotas.enforce();
  }

  *#allStats(): IterableIterator<Uncounted> {
    for (const slot of this.znodes.quotas.limits()) {
      const stats = statsBeside(this.znodes, slot);
      if (stats !== NO_SLOT) yield { stats, elsewhereCount: 0, elsewhereBytes: 0 };
    }
  }

  #count(uncounted: Iterator<Uncounted>): void {
    this.#counting = new QuotaCount(this.znodes, uncounted);
    this.#countMore(this.#counting);
  }

  #countMore(counting: QuotaCount): void {
    if (counting.step(this.#pieceNodes)) this.#counting = undefined;
  }

  /** What was begun is not through: some of a session's ephemeral nodes have not gone yet, or a quota has not been counted. */
  get isAmid(): boolean {
    return this.#ending !== undefined || this.#counting !== undefined;
  }

  /**
   * The next piece of what was begun. Of a session's end its outcome tells what went with it, which is nothing while paths are put in order; of
   * counting it is that of the write, without its changes.
   */
  goOn(): Outcome {
    if (this.#counting !== undefined) {
      this.#outcome.clearChanges();
      this.#countMore(this.#counting);
      return this.#outcome;
    }
    if (this.#ending === undefined) throw new Error('nothing was begun');
    this.#outcome.reset();
    return this.#endMore(this.#ending);
  }

  #endMore(ending: SessionEnd): Outcome {
    const outcome = this.#outcome;
    if (!ending.isGathered) ending.gather(this.#pieceNodes);
    if (!ending.isGathered) return outcome;
    for (let left = this.#pieceNodes; left > 0 && !ending.isOver; left--) {
      removeNode(this.znodes, outcome, this.lastZxid, ending.nextNode());
    }
    if (ending.isOver) this.#ending = undefined;
    return outcome;
  }

  /**
   * Removes the container or TTL node at `path[start, end)` if its time is over at `timeMs`. Whoever proposed that saw an older state:
   * what is gone, has children, is no such node or was changed meanwhile stays as it is.
   */
  removeTransient(path: Uint8Array, start: number, end: number, zxid: Zxid, timeMs: number): Outcome {
    const outcome = this.#begin(zxid);
    const slot = this.lookup(path, start, end);
    if (slot === NO_SLOT) outcome.err = ErrorCode.noNode;
    else if (!this.isOver(slot, timeMs)) outcome.err = ErrorCode.badVersion;
    else removeNode(this.znodes, outcome, zxid, slot);
    return outcome;
  }

  /** Containers and TTL nodes. The walk may go on over several turns: what comes and goes meanwhile is met or not. */
  transients(): Iterator<Slot> {
    return this.znodes.transients.values();
  }

  /** Whether a container's or TTL node's time is over. */
  isOver(slot: Slot, timeMs: number): boolean {
    return isOver(this.znodes.nodes, slot, timeMs);
  }

  #begin(zxid: Zxid): Outcome {
    if (this.isAmid) throw new Error(`zxid ${zxid} while an earlier write is not through`);
    if (zxid <= this.lastZxid) throw new RangeError(`zxid ${zxid} after ${this.lastZxid}`);
    this.lastZxid = zxid;
    this.#outcome.reset();
    return this.#outcome;
  }

  /** All or nothing. Later operations see earlier ones; the first that fails takes all back. */
  #applyMulti(multi: MultiWrite, outcome: Outcome): void {
    const { writes } = multi;
    this.znodes.beginMulti();
    for (const write of writes) {
      const result = outcome.nextResult(write.op);
      result.err = applyWrite(this.znodes, outcome, this.#context, write, result);
      if (result.err === ErrorCode.ok) continue;
      outcome.err = result.err;
      this.znodes.rollback();
      this.znodes.quotas.takeUncounted();
      outcome.clearChanges();
      for (let at = outcome.count; at < writes.length; at++) {
        outcome.nextResult(writes[at]!.op).err = ErrorCode.runtimeInconsistency;
      }
      return;
    }
    this.znodes.commit();
  }

  /** Znodes, the special ones included. */
  get nodeCount(): number {
    return this.znodes.nodes.count;
  }

  get ephemeralCount(): number {
    return this.znodes.ephemerals.count;
  }

  /**
   * The node with this path, or NO_SLOT (also for null, a start of −1). The empty path is the root, as in ZooKeeper's reads. A
   * slot is valid until the next apply.
   */
  lookup(path: Uint8Array, start = 0, end = path.length): Slot {
    if (start < 0) return NO_SLOT;
    if (end === start) return this.lookup(ROOT_PATH);
    return this.znodes.index.find(path, start, end);
  }

  lookupText(path: string): Slot {
    return this.lookup(encodeUtf8(path));
  }

  /** Whether `identities` may do any of what `permission` names with the node. */
  permits(slot: Slot, permission: number, identities: Identities): boolean {
    return permits(this.acl(slot), permission, identities);
  }

  readStat(slot: Slot, stat: Stat): void {
    this.znodes.nodes.readStat(slot, stat);
  }

  dataLength(slot: Slot): number {
    return this.znodes.nodes.int(slot, Int.dataLength);
  }

  copyData(slot: Slot, target: Uint8Array, offset: number): void {
    this.znodes.nodes.copyData(slot, target, offset);
  }

  acl(slot: Slot): AclList {
    return this.znodes.acls.list(this.znodes.nodes.int(slot, Int.acl));
  }

  path(slot: Slot): string {
    return this.znodes.nodes.path(slot);
  }

  ephemeralCountOf(session: SessionId): number {
    return this.znodes.ephemerals.countOf(session);
  }

  /** Paths of the session's ephemeral nodes, in no particular order. */
  ephemeralsOf(session: SessionId): string[] {
    return this.znodes.ephemerals.of(session).map((slot) => this.path(slot));
  }

  /** The session's ephemeral nodes, in no particular order; to be gone through before the next apply. */
  ephemeralSlots(session: SessionId): Iterator<Slot> {
    return this.znodes.ephemerals.iterate(session);
  }

  pathLength(slot: Slot): number {
    return this.znodes.nodes.int(slot, Int.pathLength);
  }

  copyPath(slot: Slot, target: Uint8Array, offset: number): void {
    this.znodes.nodes.copyPath(slot, target, offset);
  }

  /** Sessions that have any. */
  sessionsWithEphemerals(): SessionId[] {
    return [...this.znodes.ephemerals.sessions()].map(asSessionId);
  }

  /** Nodes below `slot`, at any depth; what that costs says `looksToCount`. Of the root it is known. */
  countBelow(slot: Slot): number {
    const { nodes } = this.znodes;
    return nodes.int(slot, Int.pathLength) === 1 ? this.nodeCount - 1 : countBelow(nodes, slot);
  }

  /** Looks at nodes in a row that take as long as a count which came to `count`. */
  looksToCount(count: number): number {
    return looksToCount(this.znodes.nodes, count);
  }

  childCount(slot: Slot): number {
    return this.znodes.nodes.int(slot, Int.children);
  }

  firstChild(slot: Slot): Slot {
    return this.znodes.nodes.int(slot, Int.firstChild) as Slot;
  }

  nextSibling(slot: Slot): Slot {
    return this.znodes.nodes.int(slot, Int.next) as Slot;
  }

  previousSibling(slot: Slot): Slot {
    return this.znodes.nodes.int(slot, Int.previous) as Slot;
  }

  czxid(slot: Slot): number {
    return this.znodes.nodes.real(slot, Real.czxid);
  }

  /** What such a check comes to now. */
  check(write: CheckNotExistsWrite | CheckStatWrite, identities: Identities): ErrorCode {
    return keeperCheck(this.znodes, identities, write);
  }

  /** Whether a child of `parent` that `czxid` made is at `slot`, which may be any number. */
  isChildAt(slot: number, parent: Slot, czxid: number): boolean {
    const { nodes } = this.znodes;
    if (slot < 0 || slot >= nodes.highWater || !nodes.isUsed(slot as Slot)) return false;
    return nodes.int(slot as Slot, Int.parent) === parent && this.czxid(slot as Slot) === czxid;
  }

  nameLength(slot: Slot): number {
    const { nodes } = this.znodes;
    return nodes.int(slot, Int.pathLength) - nodes.nameStart(slot);
  }

  copyName(slot: Slot, target: Uint8Array, offset: number): void {
    this.znodes.nodes.copyName(slot, target, offset);
  }

  /** 16 hexadecimal digits, equal for equal trees. */
  digest(): string {
    return this.znodes.digest.text();
  }

  get digestHigh(): number {
    return this.znodes.digest.high;
  }

  get digestLow(): number {
    return this.znodes.digest.low;
  }

  /** The digest computed anew from every node; slow, for tests and for a member in doubt. */
  recomputeDigest(): string {
    const { nodes, acls } = this.znodes;
    const digest = new TreeDigest();
    for (let slot = 0 as Slot; slot < nodes.highWater; slot++) {
      if (nodes.isUsed(slot)) digest.add(nodes, acls, slot);
    }
    return digest.text();
  }

  /** Of the first `most` quotas that it comes to: clients may make as many as they like. */
  quotaTotals(most: number): readonly QuotaTotals[] {
    return quotaTotals(this.znodes, most);
  }

  /** Bytes of names and data, without what their memory has besides. */
  get contentBytes(): number {
    return this.znodes.nodes.bytes.storedBytes;
  }

  /** Bytes of memory for paths and data; the fixed part of a node is 112 bytes more. */
  get storedBytes(): number {
    return this.znodes.nodes.bytes.allocatedBytes;
  }
}
