import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { writeRequestHeader, Xid } from './request-header.ts';

/** AuthPacket: int type, string scheme, buffer auth. The reply (xid -4) is a header with zxid 0. */
export interface AuthRequest {
  readonly scheme: string | undefined;
  /** A copy: for the digest scheme it holds a password. undefined for null. */
  readonly auth: Uint8Array | undefined;
}

/** `reader.failed` tells whether it could be read. */
export function readAuth(reader: Reader): AuthRequest {
  reader.readInt();
  const scheme = reader.readString();
  return { scheme, auth: reader.readBuffer() };
}

export function writeAuthRequest(writer: Writer, scheme: string, auth: Uint8Array | undefined): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, Xid.auth, OpCode.auth);
  writer.writeInt(0);
  writer.writeString(scheme);
  writer.writeBuffer(auth);
  writer.endFrame(frame);
}
