import { type AclList, type Identities, OPEN_ACL } from '@rookery/protocol';
import { ipMatches } from './ip-acl.ts';

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
  switch (scheme) {
    case 'ip':
      return ipMatches(proved, wanted);
    case 'sasl':
      // As in ZooKeeper: of this name is who may do what any SASL user may.
      return proved === wanted || proved === 'super';
    default:
      return proved === wanted;
  }
}
