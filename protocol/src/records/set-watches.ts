import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { writeRequestHeader, Xid } from './request-header.ts';

/** Lists of paths in the order in which they stand in the record. */
export const WATCH_LISTS = ['data', 'exist', 'child', 'persistent', 'persistentRecursive'] as const;
export type WatchLists = { readonly [List in (typeof WATCH_LISTS)[number]]?: readonly string[] };
const LISTS_OF_SET_WATCHES = 3;

export function listsOf(op: number): number {
  return op === OpCode.setWatches2 ? WATCH_LISTS.length : LISTS_OF_SET_WATCHES;
}

/** Bytes that the shortest item of a vector of strings takes. */
const MIN_STRING_BYTES = 4;

/**
 * SetWatches, SetWatches2: long relativeZxid, vector<string> dataWatches, existWatches, childWatches, and in the second also
 * persistentWatches, persistentRecursiveWatches
 *
 * Counts the paths of all lists; `reader`, which stands behind relativeZxid, has failed where one of them cannot be read, or is null.
 */
export function countWatchedPaths(reader: Reader, op: number): number {
  let paths = 0;
  for (let list = listsOf(op); list > 0; list--) {
    const count = reader.readCount(MIN_STRING_BYTES);
    if (count < 0) reader.fail();
    for (let i = 0; i < count && !reader.failed; i++) if (!reader.readRange()) reader.fail();
    paths += count;
  }
  return paths;
}

export function writeSetWatchesRequest(
  writer: Writer,
  op: typeof OpCode.setWatches | typeof OpCode.setWatches2,
  relativeZxid: number,
  lists: WatchLists,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, Xid.setWatches, op);
  writer.writeLong(relativeZxid);
  for (const name of WATCH_LISTS.slice(0, listsOf(op))) {
    const paths = lists[name] ?? [];
    writer.writeInt(paths.length);
    for (const path of paths) writer.writeString(path);
  }
  writer.endFrame(frame);
}
