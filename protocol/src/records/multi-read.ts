import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import type { NodeReader, Slot } from '../node-reader.ts';
import { OpCode } from '../op-codes.ts';
import { readChildren, writeChildNames } from './get-children.ts';
import { readGetDataReply, writeGetDataRecord } from './get-data.ts';
import { writeMultiHeader } from './multi.ts';
import { emptyPathRequest, type PathRequest, readPathWatch } from './path-request.ts';
import { writeRequestHeader } from './request-header.ts';
import type { Stat } from './stat.ts';

/**
 * MultiRequest as in multi.ts, of getData and getChildren only: string path, bool watch (which ZooKeeper drops)
 * MultiResponse: (MultiHeader {type, false, 0}, buffer data and Stat | vector<string> children
 *                | MultiHeader {-1, false, err}, int err)*, MultiHeader {-1, true, -1}
 *
 * Each read has a result of its own: one that fails does not touch the others.
 */
const DONE = true;

export type MultiReadOp = typeof OpCode.getData | typeof OpCode.getChildren;

export interface ReadItem extends PathRequest {
  readonly op: MultiReadOp;
}

/** What stands in a request; undefined where it is malformed or holds anything but these reads. */
export function readMultiRead(reader: Reader): ReadItem[] | undefined {
  const items: ReadItem[] = [];
  for (;;) {
    const op = reader.readInt();
    const done = reader.readBool();
    reader.readInt();
    if (reader.failed) return undefined;
    if (done) return items;
    if (op !== OpCode.getData && op !== OpCode.getChildren) return undefined;
    const item = { ...emptyPathRequest(), op };
    readPathWatch(reader, item);
    items.push(item);
  }
}

/** One result's record behind its header. */
export function writeReadResult(writer: Writer, op: MultiReadOp, nodes: NodeReader, slot: Slot): void {
  writeMultiHeader(writer, op, !DONE, ErrorCode.ok);
  if (op === OpCode.getData) writeGetDataRecord(writer, nodes, slot);
  else writeChildNames(writer, nodes, slot);
}

export function writeReadError(writer: Writer, err: ErrorCode): void {
  writeMultiHeader(writer, OpCode.error, !DONE, err);
  writer.writeInt(err);
}

export function writeResultsEnd(writer: Writer): void {
  writeMultiHeader(writer, -1, DONE, -1);
}

export function writeMultiReadRequest(
  writer: Writer,
  xid: number,
  items: readonly { readonly op: number; readonly path: string }[],
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.multiRead);
  for (const { op, path } of items) {
    writeMultiHeader(writer, op, !DONE, -1);
    writer.writeString(path);
    writer.writeBool(false);
  }
  writeResultsEnd(writer);
  writer.endFrame(frame);
}

export interface MultiReadResult {
  readonly err: number;
  readonly data?: Uint8Array | undefined;
  readonly stat?: Stat;
  readonly children?: readonly string[];
}

export function readMultiReadResults(reader: Reader): MultiReadResult[] {
  const results: MultiReadResult[] = [];
  for (;;) {
    const op = reader.readInt();
    const done = reader.readBool();
    const err = reader.readInt();
    if (done || reader.failed) return results;
    if (op === OpCode.error) results.push({ err: reader.readInt() });
    else if (op === OpCode.getData) results.push({ err, ...readGetDataReply(reader) });
    else results.push({ err, children: readChildren(reader) });
  }
}
