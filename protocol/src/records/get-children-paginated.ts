import { NO_BYTES } from '../bytes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { readChildren } from './get-children.ts';
import { type PathRequest, readPath } from './path-request.ts';
import { writeRequestHeader } from './request-header.ts';
import { readStat, type Stat } from './stat.ts';

/**
 * A page of a node's children in the order in which they were created, as the ZooKeeper of LinkedIn has it (of ZOOKEEPER-2260, which Apache's does not have):
 *
 * GetChildrenPaginatedRequest:  string path, int maxReturned, long minCzxid, int czxidOffset, bool watch
 * GetChildrenPaginatedResponse: vector<string> children, Stat of the parent, long nextPageCzxid, int nextPageCzxidOffset
 *
 * The page begins at `minCzxid`, behind the first `czxidOffset` children that were created by that very transaction. Where the next page begins is said in
 * the same words; −1 and −1: that was the last one. The watch is left with the last page only.
 */
export interface ChildrenPaginatedRequest extends PathRequest {
  maxReturned: number;
  minCzxid: number;
  czxidOffset: number;
}

/** What stands in a reply where no further page follows. */
export const LAST_PAGE = { nextPageCzxid: -1, nextPageCzxidOffset: -1 } as const;

export function emptyChildrenPaginatedRequest(): ChildrenPaginatedRequest {
  return {
    bytes: NO_BYTES,
    pathStart: 0,
    pathEnd: 0,
    watch: false,
    maxReturned: 0,
    minCzxid: 0,
    czxidOffset: 0,
  };
}

/** Fills `request`; `reader.failed` tells whether it could. */
export function readChildrenPaginatedRequest(reader: Reader, request: ChildrenPaginatedRequest): void {
  readPath(reader, request);
  request.maxReturned = reader.readInt();
  request.minCzxid = reader.readLong();
  request.czxidOffset = reader.readInt();
  request.watch = reader.readBool();
}

export interface ChildrenPaginatedFields {
  readonly path: string;
  readonly maxReturned: number;
  readonly minCzxid: number;
  readonly czxidOffset: number;
  readonly watch: boolean;
}

export function writeChildrenPaginatedRequest(
  writer: Writer,
  xid: number,
  { path, maxReturned, minCzxid, czxidOffset, watch }: ChildrenPaginatedFields,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.getChildrenPaginated);
  writer.writeString(path);
  writer.writeInt(maxReturned);
  writer.writeLong(minCzxid);
  writer.writeInt(czxidOffset);
  writer.writeBool(watch);
  writer.endFrame(frame);
}

export interface PageOfChildren {
  readonly children: readonly string[];
  readonly stat: Stat;
  readonly nextPageCzxid: number;
  readonly nextPageCzxidOffset: number;
}

/** `reader.failed` tells whether it could. */
export function readPageOfChildren(reader: Reader): PageOfChildren {
  return {
    children: readChildren(reader),
    stat: readStat(reader),
    nextPageCzxid: reader.readLong(),
    nextPageCzxidOffset: reader.readInt(),
  };
}
