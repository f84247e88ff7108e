import { OpCode } from '../../src/model/op-codes.ts';
import type { Reader } from '../../src/wire/reader.ts';
import { writeRequestHeader, Xid } from '../../src/wire/request-header.ts';
import type { Writer } from '../../src/wire/writer.ts';
import type { WatchEvent } from '../checks/witness.ts';
import type { WatchLists } from './watch-registry.ts';

const PERSISTENT = 0;
const PERSISTENT_RECURSIVE = 1;
/** WatcherType of removeWatches: whatever kind they are. */
const ANY = 3;

/** long relativeZxid, then vectors of paths; the two of persistent watches are setWatches2's only. */
export function writeSetWatches(writer: Writer, sinceZxid: number, lists: WatchLists): void {
  const isSecond = lists.persistent.length + lists.recursive.length > 0;
  const frame = writer.beginFrame();
  writeRequestHeader(writer, Xid.setWatches, isSecond ? OpCode.setWatches2 : OpCode.setWatches);
  writer.writeLong(sinceZxid);
  const vectors = [lists.data, lists.exist, lists.child];
  if (isSecond) vectors.push(lists.persistent, lists.recursive);
  for (const paths of vectors) {
    writer.writeInt(paths.length);
    for (const path of paths) writer.writeString(path);
  }
  writer.endFrame(frame);
}

export function writeAddWatch(writer: Writer, xid: number, path: string, recursive: boolean): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.addWatch);
  writer.writeString(path);
  writer.writeInt(recursive ? PERSISTENT_RECURSIVE : PERSISTENT);
  writer.endFrame(frame);
}

export function writeRemoveWatches(writer: Writer, xid: number, path: string): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.removeWatches);
  writer.writeString(path);
  writer.writeInt(ANY);
  writer.endFrame(frame);
}

/** WatcherEvent: int type, int state, string path. */
export function readWatchEvent(reader: Reader, zxid: number): WatchEvent {
  const type = reader.readInt();
  reader.readInt();
  return { zxid, type, path: reader.readString() ?? '' };
}
