import type { Reader } from '../codec/jute-reader.ts';
import type { Writer } from '../codec/jute-writer.ts';
import type { Stat } from '../model/stat.ts';

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
