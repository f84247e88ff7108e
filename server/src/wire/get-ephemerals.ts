import { ErrorCode } from '../model/error-codes.ts';
import { OpCode } from '../model/op-codes.ts';
import type { Reader } from '../model/reader.ts';
import type { Writer } from '../model/writer.ts';
import { writeReplyHeader } from './reply-header.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * GetEphemeralsRequest: string prefixPath
 * GetEphemeralsResponse: vector<string> ephemerals
 *
 * Paths of the asking session's own ephemeral nodes, in no particular order.
 */
export function writeGetEphemeralsReply(
  writer: Writer,
  xid: number,
  zxid: number,
  paths: readonly string[],
): void {
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writer.writeInt(paths.length);
  for (const path of paths) writer.writeString(path);
  writer.endFrame(frame);
}

/** Null, blank and `/` stand for all; otherwise the text with which a path must begin, whole names or not. */
export function hasPrefix(path: string, prefix: string | undefined): boolean {
  if (prefix === undefined) return true;
  const trimmed = prefix.trim();
  return trimmed === '' || trimmed === '/' || path.startsWith(prefix);
}

export function writeGetEphemeralsRequest(writer: Writer, xid: number, prefix: string): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.getEphemerals);
  writer.writeString(prefix);
  writer.endFrame(frame);
}

export function readEphemerals(reader: Reader): string[] {
  const count = reader.readCount(4);
  const paths: string[] = [];
  for (let i = 0; i < count && !reader.failed; i++) paths.push(reader.readString() ?? '');
  return paths;
}
