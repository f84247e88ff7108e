import { ErrorCode } from '../error-codes.ts';
import type { Reader } from '../jute/reader.ts';
import type { Writer } from '../jute/writer.ts';
import type { NodeReader, Slot } from '../node-reader.ts';
import { type AclList, readAclList, writeAclList } from './acl.ts';
import { writeReplyHeader } from './reply-header.ts';
import { emptyStat, readStat, type Stat, writeStat } from './stat.ts';

const scratch = emptyStat();
const HIDDEN = 'x';

/**
 * GetACLRequest: string path
 * GetACLResponse: vector<ACL> acl, Stat
 *
 * `hideDigests` where the connection has no ADMIN: the digest in `user:digest` is then replaced by `x`.
 */
export function writeGetAclReply(
  writer: Writer,
  xid: number,
  zxid: number,
  nodes: NodeReader,
  slot: Slot,
  hideDigests: boolean,
): void {
  const frame = writer.beginFrame();
  writeReplyHeader(writer, xid, zxid, ErrorCode.ok);
  const list = nodes.acl(slot);
  writeAclList(writer, hideDigests ? withoutDigests(list) : list);
  nodes.readStat(slot, scratch);
  writeStat(writer, scratch);
  writer.endFrame(frame);
}

function withoutDigests(list: AclList): AclList {
  return list.map((acl) => {
    const colon = acl.scheme === 'digest' ? acl.id.indexOf(':') : -1;
    return colon < 0
      ? acl
      : { perms: acl.perms, scheme: acl.scheme, id: acl.id.slice(0, colon + 1) + HIDDEN };
  });
}

export interface GetAclReply {
  readonly acl: AclList;
  readonly stat: Stat;
}

export function readGetAclReply(reader: Reader): GetAclReply {
  const acl = readAclList(reader) ?? [];
  return { acl, stat: readStat(reader) };
}
