import { encodeUtf8, equalBytes, NO_BYTES } from '../bytes.ts';
import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import type { Slot } from '../node-reader.ts';
import { OpCode } from '../op-codes.ts';
import { writeHeaderReply, writeReplyHeader } from './reply-header.ts';
import { writeRequestHeader } from './request-header.ts';

/** The nodes whose paths the reply lists. */
export interface PathReader {
  pathLength(slot: Slot): number;
  copyPath(slot: Slot, target: Uint8Array, offset: number): void;
}

/**
 * GetEphemeralsRequest: string prefixPath
 * GetEphemeralsResponse: vector<string> ephemerals
 *
 * Paths of the asking session's own ephemeral nodes, in no particular order: of `slots` those that begin with `prefix`. Where they come to
 * more than `maxBytes`, which no client takes, the reply is an error. Returns how many of the nodes were looked at.
 */
export function writeGetEphemeralsReply(
  writer: Writer,
  xid: number,
  zxid: number,
  nodes: PathReader,
  slots: Iterator<Slot>,
  prefix: string | undefined,
  maxBytes: number,
): number {
  const wanted = prefixBytes(prefix);
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  const countAt = writer.length;
  writer.writeInt(0);
  let looked = 0;
  let count = 0;
  for (let next = slots.next(); next.done !== true; next = slots.next()) {
    looked++;
    const at = writer.length;
    const length = nodes.pathLength(next.value);
    writer.writeInt(length);
    writer.reserve(length);
    nodes.copyPath(next.value, writer.bytes, writer.length);
    writer.length += length;
    if (length < wanted.length || !equalBytes(writer.bytes, at + 4, wanted, 0, wanted.length))
      writer.length = at;
    else count++;
    if (writer.length - frame <= maxBytes) continue;
    writer.length = frame;
    writeHeaderReply(writer, xid, zxid, ErrorCode.systemError);
    return looked;
  }
  writer.patchInt(countAt, count);
  writer.endFrame(frame);
  return looked;
}

/** Null, blank and `/` stand for all; otherwise the text with which a path must begin, whole names or not. */
function prefixBytes(prefix: string | undefined): Uint8Array {
  const trimmed = prefix?.trim() ?? '';
  return prefix === undefined || trimmed === '' || trimmed === '/' ? NO_BYTES : encodeUtf8(prefix);
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
