import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { isValidPath } from '../path.ts';
import type { CheckWrite, DeleteWrite } from '../write.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * DeleteRequest: string path, int version
 * reply: a header only
 */
export function readDelete(reader: Reader): DeleteWrite {
  return readPathVersion(reader, OpCode.delete);
}

/**
 * CheckVersionRequest: string path, int version (only inside a multi)
 */
export function readCheck(reader: Reader): CheckWrite {
  return readPathVersion(reader, OpCode.check);
}

function readPathVersion<Op extends typeof OpCode.delete | typeof OpCode.check>(reader: Reader, op: Op) {
  if (!reader.readRange()) reader.fail();
  const { bytes, rangeStart: pathStart, rangeEnd: pathEnd } = reader;
  const version = reader.readInt();
  return { op, bytes, pathStart, pathEnd, pathValid: isValidPath(bytes, pathStart, pathEnd), version };
}

/** The record without a header, as it also stands in a multi, for delete and check. */
export function writePathVersionRecord(writer: Writer, path: string, version: number): void {
  writer.writeString(path);
  writer.writeInt(version);
}

export function writeDeleteRequest(writer: Writer, xid: number, path: string, version: number): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.delete);
  writePathVersionRecord(writer, path, version);
  writer.endFrame(frame);
}
