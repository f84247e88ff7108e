import { type AclList, lastSlash, NO_SLOT, OPEN_ACL, parentEnd } from '@rookery/protocol';
import { MAX_NODES } from '../bounds/limits.ts';
import { asSessionId, asZxid, type SessionId } from '../model/ids.ts';
import { SessionTable } from '../session/table.ts';
import { Int } from '../tree/node-table.ts';
import { CONTAINER_OWNER, PERSISTENT_OWNER, ttlOwner } from '../tree/owner.ts';
import { hasSpecialNodes, insertConfigNode, isConfigPath, ROOT_PATH } from '../tree/special-nodes.ts';
import { Tree, type TreeOptions } from '../tree/tree.ts';
import { Znodes } from '../tree/znodes.ts';
import type { SnapshotNode } from './format.ts';
import { isContainer, ttlOf } from './owners.ts';
import {
  type SnapshotEnd,
  SnapshotForm,
  ZookeeperSnapshotFault,
  ZookeeperSnapshotReader,
  type ZookeeperSnapshotSink,
} from './reader.ts';
import { SessionIds } from './session-ids.ts';

/** What may be wrong with a snapshot that is to become a tree of ours, beside what makes it no snapshot. */
export const RestoreFault = {
  ...ZookeeperSnapshotFault,
  /** A node before its parent, or without one. */
  orphan: 'orphan',
  /** Two nodes with one path, or two sessions with one id. */
  duplicate: 'duplicate',
  /** A node with an access list that is not there. */
  unknownAccessList: 'unknown-access-list',
  /** A zxid or a time that is negative, or beyond 2^53. */
  impossibleNumber: 'impossible-number',
  /** Without `/zookeeper` and `/zookeeper/quota`. */
  noSystemNodes: 'no-system-nodes',
  tooManyNodes: 'too-many-nodes',
} as const;
export type RestoreFault = (typeof RestoreFault)[keyof typeof RestoreFault];

export interface Rebuilt {
  readonly tree: Tree;
  readonly sessions: SessionTable;
  /** At least as late as everything in it, its sessions' ids included. */
  readonly zxid: number;
  /** Which of its sessions is which one of ZooKeeper's. */
  readonly ids: SessionIds;
  /** What the snapshot says behind its nodes: see `SnapshotEnd`. */
  readonly told: SnapshotEnd;
  readonly newSessionId: NewSessionId;
}

/** The id here of a session of another cluster's, by the halves of its own one. */
export type NewSessionId = (high: number, low: number) => number;

/** Of an ephemeral node's session that the snapshot does not list: it goes soon. */
const UNLISTED_TIMEOUT_MS = 4_000;
const TWO_32 = 0x1_0000_0000;
const MOST_SAFE_HIGH = 0x1f_ffff;
/** What ZooKeeper has for nodes that everybody may everything with, besides those in its lists. */
const OPEN_LIST = -1;

/**
 * Builds tree and sessions out of a snapshot of ZooKeeper's, in pieces: a pure function of its bytes and of what the constructor is told. A session of another cluster gets another id:
 * under its own one somebody else may be known here, and ZooKeeper's are beyond what a double holds. Whatever they are,
 * the answer is a fault's code.
 */
export class TreeFromZookeeper implements ZookeeperSnapshotSink {
  readonly #reader: ZookeeperSnapshotReader;
  readonly #options: TreeOptions;
  readonly #znodes: Znodes;
  readonly #sessions = new SessionTable();
  readonly #lists = new Map<number, AclList>([[OPEN_LIST, OPEN_ACL]]);
  readonly #ids = new SessionIds();
  readonly #attachIndex: number;
  readonly #keepsIds: boolean;
  readonly #newSessionId: NewSessionId;
  #latest = 0;
  #fault: RestoreFault | undefined;

  /**
   * @param keepsIds its sessions are those of this cluster
   * @param newSessionId of those that are not; what it gives must be nobody's
   * @param attachIndex of no attachment that a connection has
   */
  constructor(
    options: TreeOptions,
    keepsIds: boolean,
    newSessionId: NewSessionId,
    attachIndex: number,
    form: SnapshotForm = SnapshotForm.whole,
  ) {
    this.#reader = new ZookeeperSnapshotReader(this, form);
    this.#options = options;
    this.#znodes = new Znodes(options.hashSeed ?? 0);
    this.#keepsIds = keepsIds;
    this.#newSessionId = newSessionId;
    this.#attachIndex = attachIndex;
  }

  /** See `ZookeeperSnapshotReader`. */
  get hasEnded(): boolean {
    return this.#reader.hasEnded;
  }

  takeRest(): Uint8Array {
    return this.#reader.takeRest();
  }

  get nodeCount(): number {
    return this.#znodes.nodes.count;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Bytes of memory for paths and data. */
  get storedBytes(): number {
    return this.#znodes.nodes.bytes.allocatedBytes;
  }

  /** Takes the next piece. The first fault found stays the answer. */
  feed(piece: Uint8Array): RestoreFault | undefined {
    if (this.#fault === undefined) this.#fault ??= this.#reader.feed(piece);
    return this.#fault;
  }

  /** All pieces were fed. */
  finish(): Rebuilt | { readonly fault: RestoreFault } {
    const end = this.#reader.finish();
    if (this.#fault === undefined && 'fault' in end) this.#fault = end.fault;
    if (this.#fault === undefined && !hasSpecialNodes(this.#znodes)) this.#fault = RestoreFault.noSystemNodes;
    if (this.#fault !== undefined || 'fault' in end) return { fault: this.#fault! };
    insertConfigNode(this.#znodes);
    const zxid = Math.max(end.zxid ?? 0, this.#latest);
    if (!Number.isSafeInteger(zxid)) return { fault: RestoreFault.impossibleNumber };
    const tree = new Tree(this.#options, this.#znodes);
    tree.lastZxid = asZxid(zxid);
    return {
      tree,
      sessions: this.#sessions,
      zxid,
      ids: this.#ids,
      told: end,
      newSessionId: this.#newSessionId,
    };
  }

  session(idHigh: number, idLow: number, timeoutMs: number): void {
    if (this.#ids.ours(idHigh, idLow) !== undefined) this.#fault ??= RestoreFault.duplicate;
    else this.#newSession(idHigh, idLow, timeoutMs);
  }

  #newSession(high: number, low: number, timeoutMs: number): SessionId {
    const isKept = this.#keepsIds && high >= 0 && high <= MOST_SAFE_HIGH;
    const id = asSessionId(isKept ? high * TWO_32 + (low >>> 0) : this.#newSessionId(high, low));
    this.#latest = Math.max(this.#latest, id);
    this.#ids.add(high, low, id);
    if (this.#sessions.get(id) !== undefined || id === 0) this.#fault ??= RestoreFault.duplicate;
    else this.#sessions.create(id, timeoutMs, this.#attachIndex);
    return id;
  }

  accessList(id: number, list: AclList): void {
    this.#lists.set(id, list);
  }

  node(node: SnapshotNode): void {
    if (this.#fault !== undefined) return;
    const { bytes } = node;
    const isRoot = node.pathStart === node.pathEnd;
    // Who the members are is no part of a tree.
    if (!isRoot && isConfigPath(bytes, node.pathStart, node.pathEnd)) return;
    const acl = this.#lists.get(node.acl);
    if (acl === undefined) this.#fault = RestoreFault.unknownAccessList;
    else if (!hasPossibleNumbers(node)) this.#fault = RestoreFault.impossibleNumber;
    else if (this.nodeCount >= MAX_NODES) this.#fault = RestoreFault.tooManyNodes;
    else if (isRoot) this.#insert(node, ROOT_PATH, 0, ROOT_PATH.length, acl);
    else this.#insert(node, bytes, node.pathStart, node.pathEnd, acl);
  }

  #insert(node: SnapshotNode, path: Uint8Array, start: number, end: number, acl: AclList): void {
    const znodes = this.#znodes;
    const { nodes, index } = znodes;
    if (index.find(path, start, end) !== NO_SLOT) {
      this.#fault = RestoreFault.duplicate;
      return;
    }
    const isRoot = path === ROOT_PATH;
    const parent = isRoot ? NO_SLOT : index.find(path, start, parentEnd(start, lastSlash(path, start, end)));
    if (!isRoot && parent === NO_SLOT) {
      this.#fault = RestoreFault.orphan;
      return;
    }
    const owner = this.#ownerOf(node);
    const slot = znodes.insertRecorded(path, start, end, acl, node.bytes, node, node.cversion, owner);
    if (!isRoot) {
      nodes.link(slot, parent);
      nodes.setInt(parent, Int.children, nodes.int(parent, Int.children) + 1);
    }
    this.#latest = Math.max(this.#latest, node.czxid, node.mzxid, node.pzxid);
  }

  #ownerOf(node: SnapshotNode): number {
    const { ownerHigh, ownerLow } = node;
    if (ownerHigh === 0 && ownerLow === 0) return PERSISTENT_OWNER;
    if (isContainer(node)) return CONTAINER_OWNER;
    const ttlMs = ttlOf(node);
    if (ttlMs !== undefined) return ttlOwner(ttlMs);
    const listed = this.#ids.ours(ownerHigh, ownerLow);
    return listed ?? this.#newSession(ownerHigh, ownerLow, UNLISTED_TIMEOUT_MS);
  }
}

function hasPossibleNumbers({ czxid, mzxid, pzxid, ctime, mtime }: SnapshotNode): boolean {
  return (
    isPossible(czxid) && isPossible(mzxid) && isPossible(pzxid) && isPossible(ctime) && isPossible(mtime)
  );
}

function isPossible(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
