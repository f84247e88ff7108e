import { type AclList, type Reader, readAclList } from '@rookery/protocol';
import { readIdentities } from '../model/identity-record.ts';
import { CONTAINER_OWNER, isTransient, ttlOf } from '../tree/owner.ts';
import { SnapshotFault } from '../tree/snapshot-fault.ts';
import {
  emptyNodeRecord,
  RecordType,
  readHeader,
  readNode,
  type SnapshotHeader,
} from '../tree/snapshot-format.ts';
import { SnapshotRecords } from '../tree/snapshot-records.ts';
import {
  COUNT_BYTES,
  type DatabaseId,
  DIGEST_BYTES,
  END_MARK_BYTES,
  emptyNode,
  HEADER_BYTES,
  NODE_BYTES,
  SEAL_BYTES,
  SESSION_BYTES,
  ZXID_BYTES,
} from './format.ts';
import { setContainer, setPersistent, setSession, setTtl } from './owners.ts';
import { ZookeeperSnapshotWriter } from './writer.ts';

/** Of access lists: ours begin at 0, which ZooKeeper's do not. */
const FIRST_LIST = 1;
const ROOT_PATH_BYTES = 1;
const TWO_32 = 0x1_0000_0000;

/** What stands before the nodes in ZooKeeper's format, and how long all of it is. */
export interface Survey {
  readonly sessions: readonly SurveyedSession[];
  readonly lists: ReadonlyMap<number, AclList>;
  readonly bytes: number;
  /** What the replica keeps beside tree and sessions. */
  readonly extra: Uint8Array;
}

interface SurveyedSession {
  readonly id: number;
  readonly timeoutMs: number;
}

/**
 * The first of the two passes over a snapshot of ours that make one of ZooKeeper's out of it: there, sessions come before all nodes, and whoever
 * fetches it wants to know its length before.
 */
export class SnapshotSurvey {
  readonly #records = new SnapshotRecords();
  readonly #sessions: SurveyedSession[] = [];
  readonly #lists = new Map<number, AclList>();
  readonly #node = emptyNodeRecord();
  #header: SnapshotHeader | undefined;
  #hasEnded = false;
  #bytes =
    HEADER_BYTES +
    2 * COUNT_BYTES +
    END_MARK_BYTES +
    3 * SEAL_BYTES +
    DIGEST_BYTES +
    ZXID_BYTES -
    ROOT_PATH_BYTES;

  feed(piece: Uint8Array): SnapshotFault | undefined {
    return this.#records.feed(piece, this.#take);
  }

  /** undefined: it ended too early. */
  finish(): Survey | undefined {
    if (this.#header === undefined || !this.#hasEnded || this.#records.isCut) return undefined;
    const { extra } = this.#header;
    return { sessions: this.#sessions, lists: this.#lists, bytes: this.#bytes, extra };
  }

  readonly #take = (type: number, body: Reader): SnapshotFault | undefined => {
    if (this.#header === undefined) {
      if (type === RecordType.header) this.#header = readHeader(body);
      return this.#header === undefined ? SnapshotFault.unknownFormat : undefined;
    }
    switch (type) {
      case RecordType.acl:
        return this.#takeList(body);
      case RecordType.session: {
        const id = body.readLong();
        const timeoutMs = body.readInt();
        body.readLong();
        readIdentities(body);
        this.#sessions.push({ id, timeoutMs });
        this.#bytes += SESSION_BYTES;
        return undefined;
      }
      case RecordType.node: {
        const node = this.#node;
        if (!readNode(body, node)) return SnapshotFault.malformed;
        this.#bytes += NODE_BYTES + node.pathEnd - node.pathStart + node.dataEnd - node.dataStart;
        return undefined;
      }
      case RecordType.end:
        this.#hasEnded = true;
        return undefined;
      default:
        return SnapshotFault.malformed;
    }
  };

  #takeList(body: Reader): SnapshotFault | undefined {
    const id = body.readInt();
    const from = body.position;
    const list = readAclList(body);
    if (list === undefined || body.failed) return SnapshotFault.malformed;
    this.#lists.set(id + FIRST_LIST, list);
    this.#bytes += 8 + body.position - from;
    return undefined;
  }
}

/** The second pass: the same pieces give those of ZooKeeper's snapshot. */
export class SnapshotConversion {
  readonly #records = new SnapshotRecords();
  readonly #writer = new ZookeeperSnapshotWriter();
  readonly #record = emptyNodeRecord();
  readonly #node = emptyNode();
  readonly #zxid: number;

  /** @param zxid of the state that it holds */
  constructor({ sessions, lists }: Survey, zxid: number, database: DatabaseId) {
    const writer = this.#writer;
    this.#zxid = zxid;
    writer.sessions(sessions.length, database);
    for (const { id, timeoutMs } of sessions) writer.session(Math.floor(id / TWO_32), id | 0, timeoutMs);
    writer.accessLists(lists.size);
    for (const [id, list] of lists) writer.accessList(id, list);
  }

  /** What the piece adds, and what stands before; or what is wrong with it. */
  feed(piece: Uint8Array): Uint8Array | SnapshotFault {
    return this.#records.feed(piece, this.#take) ?? this.#writer.take();
  }

  readonly #take = (type: number, body: Reader): SnapshotFault | undefined => {
    if (type === RecordType.end) this.#writer.end(this.#zxid);
    if (type === RecordType.node) return this.#takeNode(body);
    // The survey has had them.
    body.position = body.end;
    return undefined;
  };

  #takeNode(body: Reader): SnapshotFault | undefined {
    const record = this.#record;
    const node = this.#node;
    if (!readNode(body, record)) return SnapshotFault.malformed;
    const isRoot = record.pathEnd - record.pathStart === ROOT_PATH_BYTES;
    node.bytes = node.dataBytes = body.bytes;
    node.pathStart = isRoot ? record.pathEnd : record.pathStart;
    node.pathEnd = record.pathEnd;
    node.dataStart = record.dataStart;
    node.dataEnd = record.dataEnd;
    node.acl = record.acl + FIRST_LIST;
    node.version = record.version;
    node.cversion = record.creations;
    node.aversion = record.aversion;
    node.czxid = record.czxid;
    node.mzxid = record.mzxid;
    node.pzxid = record.pzxid;
    node.ctime = record.ctime;
    node.mtime = record.mtime;
    const { owner } = record;
    if (!isTransient(owner)) owner === 0 ? setPersistent(node) : setSession(node, owner);
    else if (owner === CONTAINER_OWNER) setContainer(node);
    else setTtl(node, ttlOf(owner));
    this.#writer.node(node);
    return undefined;
  }
}
