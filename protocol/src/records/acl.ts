import { equalBytes } from '../bytes.ts';
import type { Reader } from '../jute/reader.ts';
import { Writer } from '../jute/writer.ts';

/** Bits of an ACL entry's permissions. */
export const Permission = {
  read: 1,
  write: 2,
  create: 4,
  delete: 8,
  admin: 16,
  all: 31,
} as const;

export interface Acl {
  readonly perms: number;
  readonly scheme: string;
  readonly id: string;
}
/** A node's ACL in its client's order. Treated as immutable: lists are shared between nodes. */
export type AclList = readonly Acl[];

/** Who a connection is: one item for each scheme and id that it has proved. */
export interface Identity {
  readonly scheme: string;
  readonly id: string;
}
export type Identities = readonly Identity[];

export const OPEN_ACL: AclList = [{ perms: Permission.all, scheme: 'world', id: 'anyone' }];
export const READ_ACL: AclList = [{ perms: Permission.read, scheme: 'world', id: 'anyone' }];

/** ACL: int perms, Id (string scheme, string id). A node's list is a vector of them. */
const MIN_ACL_BYTES = 12;

const openAclRecord = new Writer(64);
writeAclList(openAclRecord, OPEN_ACL);
const OPEN_ACL_BYTES = openAclRecord.copy();

export function writeAclList(writer: Writer, list: AclList | undefined): void {
  if (list === undefined) {
    writer.writeInt(-1);
    return;
  }
  writer.writeInt(list.length);
  for (const acl of list) {
    writer.writeInt(acl.perms);
    writer.writeString(acl.scheme);
    writer.writeString(acl.id);
  }
}

/** undefined for a null vector. Nearly every client sends world:anyone with all permissions: that is one shared list. */
export function readAclList(reader: Reader): AclList | undefined {
  const open = OPEN_ACL_BYTES.length;
  if (reader.remaining >= open && equalBytes(reader.bytes, reader.position, OPEN_ACL_BYTES, 0, open)) {
    reader.position += open;
    return OPEN_ACL;
  }
  const count = reader.readCount(MIN_ACL_BYTES);
  if (count < 0) return undefined;
  const list: Acl[] = [];
  for (let i = 0; i < count && !reader.failed; i++) {
    const perms = reader.readInt();
    // As in ZooKeeper, a null scheme makes the ACL invalid, as an empty one does, and a null id makes the request malformed
    // unless its scheme is `auth`, which looks at no id: kazoo sends its empty strings as null.
    const scheme = reader.readString() ?? '';
    const id = reader.readString() ?? (scheme === 'auth' ? '' : undefined);
    if (id === undefined) reader.fail();
    else list.push({ perms, scheme, id });
  }
  return list;
}
