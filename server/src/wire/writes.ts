import type { Reader } from '../codec/jute-reader.ts';
import type { Writer } from '../codec/jute-writer.ts';
import { ErrorCode } from '../model/error-codes.ts';
import { OpCode } from '../model/op-codes.ts';
import type { WriteOutcome } from '../model/outcome.ts';
import type { Write } from '../model/write.ts';
import { readCreate, writeCreated } from './create.ts';
import { readDelete } from './delete.ts';
import { readMulti, writeMultiResults } from './multi.ts';
import { writeHeaderReply, writeReplyHeader } from './reply-header.ts';
import { readSetAcl } from './set-acl.ts';
import { readSetData } from './set-data.ts';
import { writeStat } from './stat.ts';

/** Whether a client's operation changes the tree, so that it goes through the log. */
export function isWriteOp(op: number): boolean {
  switch (op) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
    case OpCode.delete:
    case OpCode.setData:
    case OpCode.setAcl:
    case OpCode.multi:
      return true;
    default:
      return false;
  }
}

/**
 * Decodes a write's record. undefined: the record is malformed (cut short, a lying length, a null path, in a multi an
 * operation that has no place there); the protocol's answer is marshallingError (-5). Everything that ZooKeeper answers with a code (a bad path, unknown flags, an
 * empty ACL) comes back as a write, and the tree answers it in ZooKeeper's order of checks.
 *
 * The same bytes give the same result on every member. Bytes after the record are ignored, as ZooKeeper does.
 */
export function readWrite(op: number, reader: Reader): Write | undefined {
  const write = readRecord(op, reader);
  return reader.failed ? undefined : write;
}

function readRecord(op: number, reader: Reader): Write | undefined {
  switch (op) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      return readCreate(reader, op);
    case OpCode.delete:
      return readDelete(reader);
    case OpCode.setData:
      return readSetData(reader);
    case OpCode.setAcl:
      return readSetAcl(reader);
    case OpCode.multi:
      return readMulti(reader);
    default:
      return undefined;
  }
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
  switch (op) {
    case OpCode.create:
      writeCreated(writer, outcome, outcome.results[0]!, false);
      break;
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      writeCreated(writer, outcome, outcome.results[0]!, true);
      break;
    case OpCode.setData:
    case OpCode.setAcl:
      writeStat(writer, outcome.results[0]!.stat);
      break;
    case OpCode.multi:
      writeMultiResults(writer, outcome);
      break;
    default:
      // delete: a header only.
      break;
  }
  writer.endFrame(frame);
}
