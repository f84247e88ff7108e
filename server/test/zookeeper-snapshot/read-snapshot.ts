import { type AclList, decodeLatin1, decodeUtf8, OPEN_ACL } from '@rookery/protocol';
import type { SnapshotNode } from '../../src/zookeeper-snapshot/format.ts';
import {
  type ZookeeperSnapshotFault,
  ZookeeperSnapshotReader,
  type ZookeeperSnapshotSink,
} from '../../src/zookeeper-snapshot/reader.ts';

export interface ReadNode {
  /** One character for each byte; null where there are none. */
  readonly data: string | null;
  readonly acl: AclList;
  readonly czxid: number;
  readonly mzxid: number;
  readonly pzxid: number;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  /** 16 hexadecimal digits. */
  readonly owner: string;
}

export interface ReadSnapshot {
  readonly zxid: number;
  /** Timeouts by ids of 16 hexadecimal digits. */
  readonly sessions: ReadonlyMap<string, number>;
  /** By their paths, `/` for the root's. */
  readonly nodes: ReadonlyMap<string, ReadNode>;
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/** Gathers what a snapshot holds. Throws where a node comes before its parent, or twice. */
class Gathered implements ZookeeperSnapshotSink {
  readonly sessions = new Map<string, number>();
  readonly lists = new Map<number, AclList>([[-1, OPEN_ACL]]);
  readonly nodes = new Map<string, ReadNode>();

  session(high: number, low: number, timeoutMs: number): void {
    this.sessions.set(hex(high) + hex(low), timeoutMs);
  }

  accessList(id: number, list: AclList): void {
    this.lists.set(id, list);
  }

  node(node: SnapshotNode): void {
    const path = decodeUtf8(node.bytes, node.pathStart, node.pathEnd) || '/';
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (path !== '/' && !this.nodes.has(parent)) throw new Error(`${path} comes before its parent`);
    if (this.nodes.has(path)) throw new Error(`${path} comes twice`);
    const { acl, ownerHigh, ownerLow, bytes, dataStart, dataEnd } = node;
    const { czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion } = node;
    const numbers = { czxid, mzxid, pzxid, ctime, mtime, version, cversion, aversion };
    this.nodes.set(path, {
      data: dataStart < 0 ? null : decodeLatin1(bytes, dataStart, dataEnd),
      acl: this.lists.get(acl)!,
      ...numbers,
      owner: hex(ownerHigh) + hex(ownerLow),
    });
  }
}

/** What the bytes hold, fed in pieces of `size`, or what is wrong with them. */
export function readSnapshot(bytes: Uint8Array, size = bytes.length): ReadSnapshot | ZookeeperSnapshotFault {
  const gathered = new Gathered();
  const reader = new ZookeeperSnapshotReader(gathered);
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
  const end = reader.finish();
  if ('fault' in end) return end.fault;
  return { zxid: end.zxid!, sessions: gathered.sessions, nodes: gathered.nodes };
}

/** What is wrong with the bytes; undefined: nothing is. */
export function faultOf(bytes: Uint8Array, size?: number): ZookeeperSnapshotFault | undefined {
  const nobody = { session: () => {}, accessList: () => {}, node: () => {} };
  const reader = new ZookeeperSnapshotReader(nobody);
  const step = size ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length; at += step) reader.feed(bytes.subarray(at, at + step));
  const end = reader.finish();
  return 'fault' in end ? end.fault : undefined;
}
