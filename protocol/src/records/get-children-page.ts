import { NO_BYTES } from '../bytes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { readPath } from './path-request.ts';
import { writeRequestHeader } from './request-header.ts';
import { readStat, type Stat } from './stat.ts';

/**
 * Some of a node's children, in the order in which its member keeps them, from a cursor on: an operation of ours.
 *
 * Request:  string path, int limit, bool withStats, buffer cursor (null: from the first child on)
 * Response: bool isCursorKnown, vector<string name, bool hasStat, Stat>, Stat of the parent, buffer cursor (null: that was the last child)
 */
export interface ChildrenPageRequest {
  /** Path and cursor are ranges of `bytes`, valid as long as the frame is. For null both ends are -1. */
  bytes: Uint8Array;
  pathStart: number;
  pathEnd: number;
  watch: boolean;
  limit: number;
  withStats: boolean;
  cursorStart: number;
  cursorEnd: number;
}

export function emptyChildrenPageRequest(): ChildrenPageRequest {
  return {
    bytes: NO_BYTES,
    pathStart: 0,
    pathEnd: 0,
    watch: false,
    limit: 0,
    withStats: false,
    cursorStart: -1,
    cursorEnd: -1,
  };
}

/** Fills `request`; `reader.failed` tells whether it could. */
export function readChildrenPageRequest(reader: Reader, request: ChildrenPageRequest): void {
  readPath(reader, request);
  request.limit = reader.readInt();
  request.withStats = reader.readBool();
  reader.readRange();
  request.cursorStart = reader.rangeStart;
  request.cursorEnd = reader.rangeEnd;
}

export function writeChildrenPageRequest(
  writer: Writer,
  xid: number,
  path: string,
  limit: number,
  withStats: boolean,
  cursor: Uint8Array | undefined,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.getChildrenPage);
  writer.writeString(path);
  writer.writeInt(limit);
  writer.writeBool(withStats);
  writer.writeBuffer(cursor);
  writer.endFrame(frame);
}

export interface PagedChild {
  readonly name: string;
  /** undefined where it was not asked for, or who asks may not read the child. */
  readonly stat: Stat | undefined;
}

export interface ChildrenPage {
  /** Whether the cursor leads anywhere; if not there are no children here. */
  readonly isCursorKnown: boolean;
  readonly children: readonly PagedChild[];
  /** Of the parent. */
  readonly stat: Stat;
  /** Where the next page begins; undefined: there is none. */
  readonly cursor: Uint8Array | undefined;
}

/** `reader.failed` tells whether it could. */
export function readChildrenPage(reader: Reader): ChildrenPage {
  const isCursorKnown = reader.readBool();
  const count = reader.readCount(5);
  const children: PagedChild[] = [];
  for (let i = 0; i < count && !reader.failed; i++) {
    const name = reader.readString() ?? '';
    children.push({ name, stat: reader.readBool() ? readStat(reader) : undefined });
  }
  return { isCursorKnown, children, stat: readStat(reader), cursor: reader.readBuffer() };
}
