import { encodeUtf8, Reader } from '@rookery/protocol';
import { hashBytes } from '../codec/hash.ts';

/**
 * A snapshot as Apache ZooKeeper 3.9 writes and reads it, in jute's primitive types, big-endian:
 *
 *   int magic "ZKSN", int version 2, long database id
 *   int count, (long session, int timeoutMs)*
 *   int count, (long list, int count, (int perms, string scheme, string id)*)*      the access lists
 *   (string path, buffer data, long list, StatPersisted)*                            each node behind its parent; the root's path is empty
 *   string "/"                                                                       the end of the nodes
 *   seal
 *   long zxid, int version 2, long digest                                            of the tree at that zxid
 *   seal
 *   long zxid                                                                        of the last write that it holds
 *   seal
 *
 *   StatPersisted   long czxid, mzxid, ctime, mtime, int version, cversion, aversion, long owner, pzxid
 *   seal            long Adler-32 of all before it, string "/"
 */
export const MAGIC = 0x5a4b534e;
export const VERSION = 2;
/**
 * ZooKeeper writes −1, and looks at none. Here it says of which cluster the snapshot is: only there are its sessions somebody's.
 */
export interface DatabaseId {
  readonly high: number;
  readonly low: number;
}
/** Of a snapshot of ZooKeeper's. */
export const NO_DATABASE: DatabaseId = { high: -1, low: -1 };

export function databaseIdOf(clusterId: string): DatabaseId {
  const bytes = encodeUtf8(clusterId);
  return { high: hashBytes(bytes, 0, bytes.length, 1), low: hashBytes(bytes, 0, bytes.length, 2) };
}

/** Whether a snapshot that begins with these bytes is of that cluster. */
export function isOf(clusterId: string, beginning: Uint8Array): boolean {
  const { high, low } = databaseIdOf(clusterId);
  const reader = new Reader().reset(beginning, 8, Math.max(8, Math.min(beginning.length, HEADER_BYTES)));
  return reader.readInt() === high && reader.readInt() === low && !reader.failed;
}

/** A tree's digest, as two halves, and behind which write it was that. */
export interface SnapshotDigest {
  readonly zxid: number;
  readonly high: number;
  readonly low: number;
}

export const DIGEST_VERSION = 2;
/** `/`: it ends the nodes, and each seal. */
export const END_MARK = Uint8Array.of(0x2f);

export const HEADER_BYTES = 16;
export const COUNT_BYTES = 4;
export const SESSION_BYTES = 12;
export const STAT_BYTES = 60;
/** Of a node beside path and data. */
export const NODE_BYTES = 4 + 4 + 8 + STAT_BYTES;
export const END_MARK_BYTES = 5;
export const SEAL_BYTES = 8 + END_MARK_BYTES;
export const DIGEST_BYTES = 20;
export const ZXID_BYTES = 8;

/** A node as a snapshot has it: ranges of bytes, and numbers. One object is filled again and again. */
export interface SnapshotNode {
  bytes: Uint8Array;
  /** Empty for the root. */
  pathStart: number;
  pathEnd: number;
  dataBytes: Uint8Array;
  /** −1: null. */
  dataStart: number;
  dataEnd: number;
  /** Which of the access lists. */
  acl: number;
  version: number;
  /** How many children were ever created below it. What clients are told as cversion is twice that, less the children that there are. */
  cversion: number;
  aversion: number;
  czxid: number;
  mzxid: number;
  pzxid: number;
  ctime: number;
  mtime: number;
  /** The halves of a number beyond what a double holds: see owners.ts. */
  ownerHigh: number;
  ownerLow: number;
}

export function emptyNode(): SnapshotNode {
  return {
    bytes: END_MARK,
    pathStart: 0,
    pathEnd: 0,
    dataBytes: END_MARK,
    dataStart: -1,
    dataEnd: -1,
    acl: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    czxid: 0,
    mzxid: 0,
    pzxid: 0,
    ctime: 0,
    mtime: 0,
    ownerHigh: 0,
    ownerLow: 0,
  };
}
