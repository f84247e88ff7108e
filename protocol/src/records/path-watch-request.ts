import { NO_BYTES } from '../bytes.ts';
import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { REPLY_HEADER_BYTES, writeReplyHeader } from './reply-header.ts';
import { writeRequestHeader } from './request-header.ts';

/** AddWatchRequest's modes. */
export const AddWatchMode = { persistent: 0, persistentRecursive: 1 } as const;

/** The kinds of watches that removeWatches and checkWatches name. */
export const WatcherType = { children: 1, data: 2, any: 3, persistent: 4, persistentRecursive: 5 } as const;

/**
 * AddWatchRequest: string path, int mode
 * RemoveWatchesRequest, CheckWatchesRequest: string path, int type
 */
export interface PathWatchRequest {
  /** The path is `bytes[pathStart, pathEnd)`; for null both are -1. Valid as long as the frame is. */
  bytes: Uint8Array;
  pathStart: number;
  pathEnd: number;
  /** Mode or type, as sent. */
  kind: number;
}

export function emptyPathWatchRequest(): PathWatchRequest {
  return { bytes: NO_BYTES, pathStart: 0, pathEnd: 0, kind: 0 };
}

/** Fills `request`; `reader.failed` tells whether it could. */
export function readPathWatchRequest(reader: Reader, request: PathWatchRequest): void {
  reader.readRange();
  request.bytes = reader.bytes;
  request.pathStart = reader.rangeStart;
  request.pathEnd = reader.rangeEnd;
  request.kind = reader.readInt();
}

export function writePathWatchKindRequest(
  writer: Writer,
  xid: number,
  op: number,
  path: string,
  kind: number,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, op);
  writer.writeString(path);
  writer.writeInt(kind);
  writer.endFrame(frame);
}

/** ErrorResponse: int err, which addWatch answers with 0. removeWatches and checkWatches answer a header only. */
export function writeAddWatchReply(writer: Writer, xid: number, zxid: number): void {
  writer.writeInt(REPLY_HEADER_BYTES + 4);
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writer.writeInt(ErrorCode.ok);
}
