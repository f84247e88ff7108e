import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import type { WriteOutcome, WriteResult } from '../outcome.ts';
import {
  CreateMode,
  type CreateWrite,
  isCreateMode,
  isTtlMode,
  type MultiWrite,
  type SingleWrite,
} from '../write.ts';
import { type CreateFields, readCreate, writeCreated, writeCreateRecord } from './create.ts';
import { readCheck, readDelete, writePathVersionRecord } from './delete.ts';
import { readCheckNotExists, readCheckStat, readRemoveRecursive, readTryRemove } from './keeper-writes.ts';
import { writeRequestHeader } from './request-header.ts';
import { readSetData, writeSetDataRecord } from './set-data.ts';
import { readStat, writeStat } from './stat.ts';

/**
 * MultiHeader: int type, bool done, int err
 * MultiRequest: (MultiHeader {type, false, -1}, the operation's record)*, MultiHeader {-1, true, -1}
 * MultiResponse: (MultiHeader {type, false, 0}, the result's record | MultiHeader {-1, false, err}, int err)*,
 *                MultiHeader {-1, true, -1}
 *
 * Results: create string path; create2, createTTL, createContainer (all as type 15) string path, Stat; setData Stat; delete
 * and check nothing; of ClickHouse Keeper's writes as outside of it, under their own types. A multi that fails has only error results; its reply header's err is 0 all the same.
 */
const NOT_DONE = false;
const DONE = true;

/** What stands in a request; undefined where it is malformed (also set on the reader) or holds anything but writes. */
export function readMulti(reader: Reader): MultiWrite | undefined {
  const writes: SingleWrite[] = [];
  for (;;) {
    const type = reader.readInt();
    const done = reader.readBool();
    reader.readInt();
    if (reader.failed) return undefined;
    if (done) return { op: OpCode.multi, writes };
    const write = readMultiItem(reader, type);
    if (write === undefined || reader.failed) return undefined;
    writes.push(write);
  }
}

function readMultiItem(reader: Reader, type: number): SingleWrite | undefined {
  switch (type) {
    case OpCode.create:
    case OpCode.create2:
    case OpCode.createContainer:
    case OpCode.createTtl:
      return readCreateItem(reader, type);
    case OpCode.delete:
      return readDelete(reader);
    case OpCode.setData:
      return readSetData(reader);
    case OpCode.check:
      return readCheck(reader);
    case OpCode.createIfNotExists:
      return readCreate(reader, type);
    case OpCode.checkNotExists:
      return readCheckNotExists(reader);
    case OpCode.removeRecursive:
      return readRemoveRecursive(reader);
    case OpCode.checkStat:
      return readCheckStat(reader);
    case OpCode.tryRemove:
      return readTryRemove(reader);
    default:
      return undefined;
  }
}

/**
 * ZooKeeper looks at a create's flags while it decodes a multi, and they decide what it is: flags that are unknown, or of a TTL where the
 * record has none, spoil the whole request; a container's flag makes a container of any create; a createTTL without a TTL's flag is a create.
 */
function readCreateItem(reader: Reader, op: CreateWrite['op']): CreateWrite | undefined {
  const write = readCreate(reader, op);
  const { flags } = write;
  if (flags === CreateMode.container) return { ...write, op: OpCode.createContainer };
  const hasTtl = isTtlMode(flags);
  if (op !== OpCode.createTtl) return isCreateMode(flags) && !hasTtl ? write : undefined;
  return isCreateMode(flags) && !hasTtl ? { ...write, op: OpCode.create, ttlMs: -1 } : write;
}

/** One operation of a multi, as a client gives it. */
export type MultiItem =
  | ({ readonly op: typeof OpCode.create | typeof OpCode.create2 } & CreateFields)
  | ({ readonly op: typeof OpCode.createContainer | typeof OpCode.createTtl } & CreateFields)
  | ({ readonly op: typeof OpCode.createIfNotExists } & CreateFields)
  | {
      readonly op: typeof OpCode.delete | typeof OpCode.check;
      readonly path: string;
      readonly version: number;
    }
  | {
      readonly op: typeof OpCode.setData;
      readonly path: string;
      readonly data: Uint8Array | undefined;
      readonly version: number;
    };

export function writeMultiRequest(writer: Writer, xid: number, items: readonly MultiItem[]): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.multi);
  for (const item of items) {
    writeMultiHeader(writer, item.op, NOT_DONE, -1);
    writeMultiItem(writer, item);
  }
  writeMultiHeader(writer, -1, DONE, -1);
  writer.endFrame(frame);
}

function writeMultiItem(writer: Writer, item: MultiItem): void {
  switch (item.op) {
    case OpCode.delete:
    case OpCode.check:
      writePathVersionRecord(writer, item.path, item.version);
      break;
    case OpCode.setData:
      writeSetDataRecord(writer, item.path, item.data, item.version);
      break;
    default:
      writeCreateRecord(writer, item.op, item);
  }
}

export function writeMultiHeader(writer: Writer, type: number, done: boolean, err: number): void {
  writer.writeInt(type);
  writer.writeBool(done);
  writer.writeInt(err);
}

/** The reply's record. */
export function writeMultiResults(writer: Writer, outcome: WriteOutcome): void {
  for (let i = 0; i < outcome.count; i++) writeMultiResult(writer, outcome, outcome.results[i]!);
  writeMultiHeader(writer, -1, DONE, -1);
}

function writeMultiResult(writer: Writer, outcome: WriteOutcome, result: WriteResult): void {
  if (outcome.err !== ErrorCode.ok) {
    writeMultiHeader(writer, OpCode.error, NOT_DONE, result.err);
    writer.writeInt(result.err);
    return;
  }
  const isCreate2 =
    result.op === OpCode.create2 || result.op === OpCode.createContainer || result.op === OpCode.createTtl;
  writeMultiHeader(writer, isCreate2 ? OpCode.create2 : result.op, NOT_DONE, ErrorCode.ok);
  if (isCreate2 || result.op === OpCode.create || result.op === OpCode.createIfNotExists)
    writeCreated(writer, outcome, result, isCreate2);
  else if (result.op === OpCode.setData) writeStat(writer, result.stat);
}

export interface MultiResult {
  readonly op: number;
  readonly err: number;
  readonly path?: string | undefined;
  readonly stat?: ReturnType<typeof readStat>;
}

export function readMultiResults(reader: Reader): MultiResult[] {
  const results: MultiResult[] = [];
  for (;;) {
    const op = reader.readInt();
    const done = reader.readBool();
    const err = reader.readInt();
    if (done || reader.failed) return results;
    if (op === OpCode.error) results.push({ op, err: reader.readInt() });
    else if (op === OpCode.create || op === OpCode.createIfNotExists)
      results.push({ op, err, path: reader.readString() });
    else if (op === OpCode.create2) {
      const path = reader.readString();
      results.push({ op, err, path, stat: readStat(reader) });
    } else if (op === OpCode.setData) results.push({ op, err, stat: readStat(reader) });
    else results.push({ op, err });
  }
}
