import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { isValidPath } from '../path.ts';
import type { SetDataWrite } from '../write.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * SetDataRequest: string path, buffer data, int version
 * SetDataResponse: Stat
 */
export function readSetData(reader: Reader): SetDataWrite {
  reader.readRange();
  const { bytes, rangeStart: pathStart, rangeEnd: pathEnd } = reader;
  reader.readRange();
  const { rangeStart: dataStart, rangeEnd: dataEnd } = reader;
  const version = reader.readInt();
  const pathValid = isValidPath(bytes, pathStart, pathEnd);
  return { op: OpCode.setData, bytes, pathStart, pathEnd, pathValid, dataStart, dataEnd, version };
}

/** The record without a header, as it also stands in a multi. */
export function writeSetDataRecord(
  writer: Writer,
  path: string,
  data: Uint8Array | undefined,
  version: number,
): void {
  writer.writeString(path);
  writer.writeBuffer(data);
  writer.writeInt(version);
}

export function writeSetDataRequest(
  writer: Writer,
  xid: number,
  path: string,
  data: Uint8Array | undefined,
  version: number,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.setData);
  writeSetDataRecord(writer, path, data, version);
  writer.endFrame(frame);
}
