import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';

/** The protocol's Stat as clients see it. Times are ms since 1970; zxids and the session id are below 2^53. */
export interface Stat {
  czxid: number;
  mzxid: number;
  ctime: number;
  mtime: number;
  /** Changes of the data; a signed 32-bit counter that wraps, as are cversion and aversion. */
  version: number;
  /** 2 × creations of children − children, as ZooKeeper shows it. */
  cversion: number;
  aversion: number;
  /** 0 for persistent, container and TTL nodes. */
  ephemeralOwner: number;
  dataLength: number;
  numChildren: number;
  pzxid: number;
}

export function emptyStat(): Stat {
  return {
    czxid: 0,
    mzxid: 0,
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: 0,
    dataLength: 0,
    numChildren: 0,
    pzxid: 0,
  };
}

export const STAT_FIELDS = Object.keys(emptyStat()) as readonly (keyof Stat)[];

/**
 * Stat: long czxid, long mzxid, long ctime, long mtime, int version, int cversion, int aversion, long ephemeralOwner,
 * int dataLength, int numChildren, long pzxid.
 */
export const STAT_BYTES = 68;

export function writeStat(writer: Writer, stat: Stat): void {
  writer.reserve(STAT_BYTES);
  writer.writeLong(stat.czxid);
  writer.writeLong(stat.mzxid);
  writer.writeLong(stat.ctime);
  writer.writeLong(stat.mtime);
  writer.writeInt(stat.version);
  writer.writeInt(stat.cversion);
  writer.writeInt(stat.aversion);
  writer.writeLong(stat.ephemeralOwner);
  writer.writeInt(stat.dataLength);
  writer.writeInt(stat.numChildren);
  writer.writeLong(stat.pzxid);
}

export function readStat(reader: Reader): Stat {
  return {
    czxid: reader.readLong(),
    mzxid: reader.readLong(),
    ctime: reader.readLong(),
    mtime: reader.readLong(),
    version: reader.readInt(),
    cversion: reader.readInt(),
    aversion: reader.readInt(),
    ephemeralOwner: reader.readLong(),
    dataLength: reader.readInt(),
    numChildren: reader.readInt(),
    pzxid: reader.readLong(),
  };
}
