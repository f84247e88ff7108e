import type { Reader } from '@rookery/protocol';

/** What is known of a node besides its value. Times are ms since 1970. */
export interface NodeStat {
  /** The write that made it. */
  readonly czxid: number;
  /** The write that changed its value last. */
  readonly mzxid: number;
  /** The write that made or removed a child last. */
  readonly pzxid: number;
  readonly ctime: number;
  readonly mtime: number;
  /** Changes of the value: what `set` and `delete` compare with. */
  readonly version: number;
  /** Of the children. */
  readonly cversion: number;
  /** Of the access list. */
  readonly aversion: number;
  /** The session whose ephemeral node it is; 0n for a node of nobody. */
  readonly ephemeralOwner: bigint;
  /** Bytes of its value. */
  readonly dataLength: number;
  readonly numChildren: number;
}

/** The record of `protocol`'s stat.ts, with the owner whole: ids of Apache ZooKeeper do not fit a number. */
export function readNodeStat(reader: Reader): NodeStat {
  const czxid = reader.readLong();
  const mzxid = reader.readLong();
  const ctime = reader.readLong();
  const mtime = reader.readLong();
  const version = reader.readInt();
  const cversion = reader.readInt();
  const aversion = reader.readInt();
  const ephemeralOwner = reader.readWholeLong();
  const dataLength = reader.readInt();
  const numChildren = reader.readInt();
  const pzxid = reader.readLong();
  return {
    czxid,
    mzxid,
    pzxid,
    ctime,
    mtime,
    version,
    cversion,
    aversion,
    ephemeralOwner,
    dataLength,
    numChildren,
  };
}
