import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import type { Identities } from './acl.ts';
import { writeReplyHeader } from './reply-header.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * The request is a header. WhoAmIResponse: vector<ClientInfo {string authScheme, string user}>
 *
 * The user is the id, but for digest what stands before its colon: the rest is a hash of the password.
 */
export function writeWhoAmIReply(writer: Writer, xid: number, zxid: number, identities: Identities): void {
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  writer.writeInt(identities.length);
  for (const { scheme, id } of identities) {
    writer.writeString(scheme);
    writer.writeString(userOf(scheme, id));
  }
  writer.endFrame(frame);
}

function userOf(scheme: string, id: string): string {
  if (scheme !== 'digest') return id;
  const colon = id.indexOf(':');
  return colon < 0 ? id : id.slice(0, colon);
}

export function writeWhoAmIRequest(writer: Writer, xid: number): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.whoAmI);
  writer.endFrame(frame);
}

export interface ClientInfo {
  readonly scheme: string;
  readonly user: string;
}

export function readWhoAmIReply(reader: Reader): ClientInfo[] {
  const count = reader.readCount(8);
  const infos: ClientInfo[] = [];
  for (let i = 0; i < count && !reader.failed; i++) {
    const scheme = reader.readString() ?? '';
    infos.push({ scheme, user: reader.readString() ?? '' });
  }
  return infos;
}
