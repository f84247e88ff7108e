import { ipMatches } from './ip-acl.ts';

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

/** A connection that has proved nothing. */
export const ANYONE: Identities = [];
/** The server itself: passes every ACL, as ZooKeeper's `super` does. */
export const SUPER: Identities = [{ scheme: 'super', id: '' }];

/** Whether `identities` may do what `permission` (one bit or several of which any suffices) names. */
export function permits(acl: AclList, permission: number, identities: Identities): boolean {
  if (acl === OPEN_ACL || acl.length === 0) return true;
  for (const identity of identities) if (identity.scheme === 'super') return true;
  for (const entry of acl) {
    if ((entry.perms & permission) === 0) continue;
    if (entry.scheme === 'world' && entry.id === 'anyone') return true;
    for (const identity of identities) {
      if (identity.scheme === entry.scheme && matches(entry.scheme, identity.id, entry.id)) return true;
    }
  }
  return false;
}

function matches(scheme: string, proved: string, wanted: string): boolean {
  return scheme === 'ip' ? ipMatches(proved, wanted) : proved === wanted;
}
