import type { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { writeReplyHeader } from './reply-header.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * GetSASLRequest: buffer token
 * SetSASLResponse: buffer token
 *
 * One step of a SASL exchange. As in ZooKeeper the reply's zxid is 0, and a failure has the record of a reply too: a null token.
 */
export function readSaslToken(reader: Reader): Uint8Array | undefined {
  return reader.readBuffer();
}

export function writeSaslRequest(writer: Writer, xid: number, token: Uint8Array | undefined): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.sasl);
  writer.writeBuffer(token);
  writer.endFrame(frame);
}

export function writeSaslReply(
  writer: Writer,
  xid: number,
  err: ErrorCode,
  token: Uint8Array | undefined,
): void {
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, 0, err);
  writer.writeBuffer(token);
  writer.endFrame(frame);
}
