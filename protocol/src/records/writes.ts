import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import type { WriteOutcome } from '../outcome.ts';
import type { TreeWrite } from '../write.ts';
import { readCreate, writeCreated } from './create.ts';
import { readDelete } from './delete.ts';
import { readRemoveRecursive, readTryRemove } from './keeper-writes.ts';
import { readMulti, writeMultiResults } from './multi.ts';
import { writeHeaderReply, writeReplyHeader } from './reply-header.ts';
import { readSetAcl } from './set-acl.ts';
import { readSetData } from './set-data.ts';
import { writeStat } from './stat.ts';

/** How one kind of write travels. */
interface WriteRecords {
  /** Decodes the request's record. */
  read(reader: Reader, op: OpCode): TreeWrite | undefined;
  /** What the reply has behind its header where the write succeeded. */
  writeResult(writer: Writer, outcome: WriteOutcome): void;
}

const path: WriteRecords['writeResult'] = (writer, outcome) =>
  writeCreated(writer, outcome, outcome.results[0]!, false);
const pathAndStat: WriteRecords['writeResult'] = (writer, outcome) =>
  writeCreated(writer, outcome, outcome.results[0]!, true);
const stat: WriteRecords['writeResult'] = (writer, outcome) => writeStat(writer, outcome.results[0]!.stat);
const nothing: WriteRecords['writeResult'] = () => {};

const writes = new Map<number, WriteRecords>([
  [OpCode.create, { read: readCreate, writeResult: path }],
  [OpCode.create2, { read: readCreate, writeResult: pathAndStat }],
  [OpCode.createContainer, { read: readCreate, writeResult: pathAndStat }],
  [OpCode.createTtl, { read: readCreate, writeResult: pathAndStat }],
  [OpCode.delete, { read: readDelete, writeResult: nothing }],
  [OpCode.setData, { read: readSetData, writeResult: stat }],
  [OpCode.setAcl, { read: readSetAcl, writeResult: stat }],
  [OpCode.createIfNotExists, { read: readCreate, writeResult: path }],
  [OpCode.removeRecursive, { read: readRemoveRecursive, writeResult: nothing }],
  [OpCode.tryRemove, { read: readTryRemove, writeResult: nothing }],
  // Errors of the writes in it are results, too.
  [OpCode.multi, { read: readMulti, writeResult: writeMultiResults }],
]);
/** By number: a look at an array is cheaper than one at a map, and each request takes two. */
const byNumber = Array.from({ length: Math.max(...writes.keys()) + 1 }, (_, op) => writes.get(op));

function recordsOf(op: number): WriteRecords | undefined {
  return op > 0 && op < byNumber.length ? byNumber[op] : undefined;
}

/** Whether a client's operation changes the tree, so that it goes through the log. */
export function isWriteOp(op: number): boolean {
  return recordsOf(op) !== undefined;
}

/**
 * Decodes a write's record. undefined: the record is malformed (cut short, a lying length, a null path, in a multi an
 * operation that has no place there); the protocol's answer is marshallingError (-5). Everything that ZooKeeper answers with a code (a bad path, unknown flags, an
 * empty ACL) comes back as a write, and the tree answers it in ZooKeeper's order of checks.
 *
 * The same bytes give the same result on every member. Bytes after the record are ignored, as ZooKeeper does.
 */
export function readWrite(op: number, reader: Reader): TreeWrite | undefined {
  const write = recordsOf(op)?.read(reader, op as OpCode);
  return reader.failed ? undefined : write;
}

/** The whole reply, header and record, to the write that came to `outcome`. */
export function writeWriteReply(
  writer: Writer,
  xid: number,
  zxid: number,
  op: number,
  outcome: WriteOutcome,
): void {
  if (outcome.err !== ErrorCode.ok && op !== OpCode.multi) {
    writeHeaderReply(writer, xid, zxid, outcome.err);
    return;
  }
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  recordsOf(op)?.writeResult(writer, outcome);
  writer.endFrame(frame);
}
