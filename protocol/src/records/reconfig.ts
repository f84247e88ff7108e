import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * ReconfigRequest: string joiningServers, string leavingServers, string newMembers, long curConfigId
 *
 * The reply is a GetDataResponse: what `/zookeeper/config` says from then on. Who names new members names all of them: the other two do not count.
 */
export interface ReconfigRequest {
  /** `server.4=host:2888:3888:observer;2181`, separated by commas; undefined: none. */
  readonly joining: string | undefined;
  /** Server ids, separated by commas; undefined: none. */
  readonly leaving: string | undefined;
  /** As `joining`, or a line for each; undefined: the change is made of the other two. */
  readonly newMembers: string | undefined;
  /** The version of `/zookeeper/config` that the caller saw; -1: whichever it is. */
  readonly configVersion: number;
}

/** Look at `reader.failed` before you believe it. */
export function readReconfig(reader: Reader): ReconfigRequest {
  const joining = reader.readString();
  const leaving = reader.readString();
  return { joining, leaving, newMembers: reader.readString(), configVersion: reader.readLong() };
}

export function writeReconfigRequest(writer: Writer, xid: number, request: ReconfigRequest): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.reconfig);
  writer.writeString(request.joining);
  writer.writeString(request.leaving);
  writer.writeString(request.newMembers);
  writer.writeLong(request.configVersion);
  writer.endFrame(frame);
}
