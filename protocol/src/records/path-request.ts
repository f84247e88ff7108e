import { NO_BYTES } from '../bytes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * The record that most reads send:
 *
 *   string path, bool watch      exists, getData, getChildren, getChildren2
 *   string path                  getACL, sync
 */
export interface PathRequest {
  /** The path is `bytes[pathStart, pathEnd)`; for null both are -1. Valid as long as the frame is. */
  bytes: Uint8Array;
  pathStart: number;
  pathEnd: number;
  watch: boolean;
}

export function emptyPathRequest(): PathRequest {
  return { bytes: NO_BYTES, pathStart: 0, pathEnd: 0, watch: false };
}

/** Fills `request`; `reader.failed` tells whether it could. */
export function readPathWatch(reader: Reader, request: PathRequest): void {
  readPath(reader, request);
  request.watch = reader.readBool();
}

export function readPath(reader: Reader, request: PathRequest): void {
  reader.readRange();
  request.bytes = reader.bytes;
  request.pathStart = reader.rangeStart;
  request.pathEnd = reader.rangeEnd;
  request.watch = false;
}

export function writePathWatchRequest(
  writer: Writer,
  xid: number,
  op: number,
  path: string,
  watch: boolean,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, op);
  writer.writeString(path);
  writer.writeBool(watch);
  writer.endFrame(frame);
}

export function writePathRequest(writer: Writer, xid: number, op: number, path: string): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, op);
  writer.writeString(path);
  writer.endFrame(frame);
}
