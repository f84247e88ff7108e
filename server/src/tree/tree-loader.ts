import {
  type AclList,
  lastSlash,
  NO_SLOT,
  parentEnd,
  type Reader,
  readAclList,
  type Slot,
} from '@rookery/protocol';
import { readIdentities } from '../model/identity-record.ts';
import { asSessionId, asZxid } from '../model/ids.ts';
import { SessionTable } from '../session/table.ts';
import { Int, Real } from './node-table.ts';
import { SnapshotFault } from './snapshot-fault.ts';
import { emptyNodeRecord, RecordType, readHeader, readNode, type SnapshotHeader } from './snapshot-format.ts';
import { SnapshotRecords } from './snapshot-records.ts';
import { Tree, type TreeOptions } from './tree.ts';
import { Znodes } from './znodes.ts';

export type LoadStep =
  | { readonly state: 'linking' }
  | { readonly state: 'failed'; readonly fault: SnapshotFault }
  | {
      readonly state: 'loaded';
      readonly tree: Tree;
      readonly sessions: SessionTable;
      readonly extra: Uint8Array;
    };

const LINKING: LoadStep = { state: 'linking' };

/**
 * Builds tree and sessions from a snapshot, in slices: `feed` every piece in order (cut anywhere), then `finish` until it does
 * not say 'linking' any more. Whatever the bytes are, the answer is a fault's code, never an exception.
 */
export class TreeLoader {
  readonly #options: TreeOptions;
  readonly #znodes: Znodes;
  readonly #sessions = new SessionTable();
  readonly #acls = new Map<number, AclList>();
  readonly #records = new SnapshotRecords();
  readonly #node = emptyNodeRecord();
  #header: SnapshotHeader | undefined;
  #ended = false;
  #fault: SnapshotFault | undefined;
  /** The next slot to link to its parent. */
  #position = 0;

  constructor(options: TreeOptions = {}) {
    this.#options = options;
    this.#znodes = new Znodes(options.hashSeed ?? 0);
  }

  /** Takes the next piece. The first fault found stays the answer. */
  feed(piece: Uint8Array): SnapshotFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const fault = this.#records.feed(piece, this.#take);
    return fault === undefined ? undefined : this.#fail(fault);
  }

  /** Links up to `maxNodes` nodes to their parents; at the end checks counts and digests. */
  finish(maxNodes: number): LoadStep {
    if (this.#fault === undefined && (!this.#ended || this.#records.isCut)) {
      this.#fail(SnapshotFault.incomplete);
    }
    const until = Math.min(this.#position + maxNodes, this.#znodes.nodes.highWater);
    while (this.#fault === undefined && this.#position < until) this.#link(this.#position++ as Slot);
    if (this.#fault !== undefined) return { state: 'failed', fault: this.#fault };
    if (this.#position < this.#znodes.nodes.highWater) return LINKING;
    const header = this.#header!;
    const fault = this.#compare(header);
    if (fault !== undefined) return { state: 'failed', fault: this.#fail(fault) };
    const tree = new Tree(this.#options, this.#znodes);
    tree.lastZxid = asZxid(header.zxid);
    return { state: 'loaded', tree, sessions: this.#sessions, extra: header.extra };
  }

  readonly #take = (type: number, reader: Reader): SnapshotFault | undefined => {
    if (this.#header === undefined) {
      if (type !== RecordType.header) return SnapshotFault.unknownFormat;
      this.#header = readHeader(reader);
      return this.#header === undefined ? SnapshotFault.unknownFormat : undefined;
    }
    if (this.#ended) return SnapshotFault.incomplete;
    switch (type) {
      case RecordType.acl:
        return this.#takeAcl(reader);
      case RecordType.session:
        return this.#takeSession(reader);
      case RecordType.node:
        return this.#takeNode(reader);
      case RecordType.end:
        this.#ended = true;
        return undefined;
      default:
        return SnapshotFault.malformed;
    }
  };

  #takeAcl(reader: Reader): SnapshotFault | undefined {
    const id = reader.readInt();
    const list = readAclList(reader);
    if (list === undefined || reader.failed) return SnapshotFault.malformed;
    if (this.#acls.has(id)) return SnapshotFault.duplicate;
    this.#acls.set(id, list);
    return undefined;
  }

  #takeSession(reader: Reader): SnapshotFault | undefined {
    const id = asSessionId(reader.readLong());
    const timeoutMs = reader.readInt();
    const attachIndex = reader.readLong();
    const identities = readIdentities(reader);
    if (reader.failed) return SnapshotFault.malformed;
    if (this.#sessions.get(id) !== undefined) return SnapshotFault.duplicate;
    this.#sessions.create(id, timeoutMs, attachIndex, identities);
    return undefined;
  }

  #takeNode(reader: Reader): SnapshotFault | undefined {
    const node = this.#node;
    if (!readNode(reader, node)) return SnapshotFault.malformed;
    const acl = this.#acls.get(node.acl);
    if (acl === undefined) return SnapshotFault.malformed;
    const { bytes } = reader;
    const { nodes, index } = this.#znodes;
    if (index.find(bytes, node.pathStart, node.pathEnd) !== NO_SLOT) return SnapshotFault.duplicate;
    if (nodes.count >= this.#header!.nodes) return SnapshotFault.wrongCount;
    const { pathStart, pathEnd, creations, owner } = node;
    this.#znodes.insertRecorded(bytes, pathStart, pathEnd, acl, bytes, node, creations, owner);
    return undefined;
  }

  #link(slot: Slot): void {
    const { nodes, index } = this.#znodes;
    const length = nodes.int(slot, Int.pathLength);
    if (length === 1) return;
    const ref = nodes.int(slot, Int.pathRef);
    const path = nodes.bytes.arrayOf(ref);
    const start = nodes.bytes.offsetOf(ref);
    const parent = index.find(path, start, parentEnd(start, lastSlash(path, start, start + length)));
    if (parent === NO_SLOT) {
      this.#fail(SnapshotFault.orphan);
      return;
    }
    const before = nodes.int(parent, Int.lastChild) as Slot;
    nodes.link(slot, parent);
    if (before !== NO_SLOT && nodes.real(before, Real.czxid) > nodes.real(slot, Real.czxid))
      nodes.disordered.add(parent);
    nodes.setInt(parent, Int.children, nodes.int(parent, Int.children) + 1);
  }

  #compare(header: SnapshotHeader): SnapshotFault | undefined {
    const { nodes, digest } = this.#znodes;
    if (nodes.count === 0) return SnapshotFault.wrongCount;
    if (nodes.count !== header.nodes || this.#sessions.size !== header.sessions)
      return SnapshotFault.wrongCount;
    if (this.#acls.size !== header.acls) return SnapshotFault.wrongCount;
    const sameTree = digest.high === header.digestHigh && digest.low === header.digestLow;
    const sameSessions =
      this.#sessions.digestHigh === header.sessionsDigestHigh &&
      this.#sessions.digestLow === header.sessionsDigestLow;
    return sameTree && sameSessions ? undefined : SnapshotFault.wrongDigest;
  }

  #fail(fault: SnapshotFault): SnapshotFault {
    this.#fault = fault;
    return fault;
  }
}
