import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import { OpCode } from '../op-codes.ts';
import { isValidPath } from '../path.ts';
import type { SetAclWrite } from '../write.ts';
import { type AclList, readAclList, writeAclList } from './acl.ts';
import { writeRequestHeader } from './request-header.ts';

/**
 * SetACLRequest: string path, vector<ACL> acl, int version (of the ACL)
 * SetACLResponse: Stat
 */
export function readSetAcl(reader: Reader): SetAclWrite {
  reader.readRange();
  const { bytes, rangeStart: pathStart, rangeEnd: pathEnd } = reader;
  const aclStart = reader.position;
  const acl = readAclList(reader);
  const version = reader.readInt();
  const pathValid = isValidPath(bytes, pathStart, pathEnd);
  return { op: OpCode.setAcl, bytes, pathStart, pathEnd, pathValid, aclStart, acl, version };
}

export function writeSetAclRequest(
  writer: Writer,
  xid: number,
  path: string,
  acl: AclList | undefined,
  version: number,
): void {
  const frame = writer.beginFrame();
  writeRequestHeader(writer, xid, OpCode.setAcl);
  writer.writeString(path);
  writeAclList(writer, acl);
  writer.writeInt(version);
  writer.endFrame(frame);
}
