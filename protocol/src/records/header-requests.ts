import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { writeRequestHeader, Xid } from './request-header.ts';

/**
 * Requests that are a header and nothing else: ping (xid -2) and closeSession. Their replies are a header too
 * (`writeHeaderReply`).
 */
export function writePingRequest(writer: Writer): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, Xid.ping, OpCode.ping);
  writer.endFrame(frame);
}

export function writeCloseSessionRequest(writer: Writer, xid: number): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.closeSession);
  writer.endFrame(frame);
}
