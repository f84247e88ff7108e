import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import type { WriteOutcome, WriteResult } from '../outcome.ts';
import { isValidPath } from '../path.ts';
import { type CreateWrite, isSequential } from '../write.ts';
import { type AclList, readAclList, writeAclList } from './acl.ts';
import { writeRequestHeader } from './request-header.ts';
import { writeStat } from './stat.ts';

/**
 * CreateRequest (create, create2, createContainer): string path, buffer data, vector<ACL> acl, int flags
 * CreateTTLRequest (createTTL): the same, then long ttl (ms)
 * CreateResponse (create): string path
 * Create2Response (create2, createContainer, createTTL): string path, Stat
 */
export function readCreate(reader: Reader, op: CreateWrite['op']): CreateWrite {
  if (!reader.readRange()) reader.fail();
  const pathStart = reader.rangeStart;
  const pathEnd = reader.rangeEnd;
  reader.readRange();
  const dataStart = reader.rangeStart;
  const dataEnd = reader.rangeEnd;
  const aclStart = reader.position;
  const acl = readAclList(reader);
  const flags = reader.readInt();
  const ttlMs = op === OpCode.createTtl ? reader.readLong() : -1;
  const { bytes } = reader;
  const pathValid = isValidPath(bytes, pathStart, pathEnd, isSequential(flags));
  return { op, bytes, pathStart, pathEnd, pathValid, dataStart, dataEnd, aclStart, acl, flags, ttlMs };
}

export interface CreateFields {
  readonly path: string;
  readonly data: Uint8Array | undefined;
  readonly acl: AclList | undefined;
  readonly flags: number;
  /** Only in createTTL. */
  readonly ttlMs?: number;
}

/** The record without a header, as it also stands in a multi. */
export function writeCreateRecord(writer: Writer, op: CreateWrite['op'], fields: CreateFields): void {
  writer.writeString(fields.path);
  writer.writeBuffer(fields.data);
  writeAclList(writer, fields.acl);
  writer.writeInt(fields.flags);
  if (op === OpCode.createTtl) writer.writeLong(fields.ttlMs ?? 0);
}

export function writeCreateRequest(
  writer: Writer,
  xid: number,
  op: CreateWrite['op'],
  fields: CreateFields,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, op);
  writeCreateRecord(writer, op, fields);
  writer.endFrame(frame);
}

/** The reply's record, as it also stands in a multi's results. `withStat` in all but `create`. */
export function writeCreated(
  writer: Writer,
  outcome: WriteOutcome,
  result: WriteResult,
  withStat: boolean,
): void {
  writer.writeRange(outcome.pathBytes, result.pathStart, result.pathEnd);
  if (withStat) writeStat(writer, result.stat);
}
