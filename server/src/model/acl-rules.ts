import { type Acl, type AclList, type Identities, OPEN_ACL, READ_ACL } from '@rookery/protocol';
import { isIpAclId } from './ip-acl.ts';

/**
 * What a node gets for the ACL that its client sent: duplicates removed, `auth` replaced by the connection's identities
 * (other than `ip`, which every connection has, and `super`, which no node can name). undefined is the protocol's InvalidACL (-114).
 */
export function resolveAcl(list: AclList | undefined, identities: Identities): AclList | undefined {
  if (list === OPEN_ACL || list === READ_ACL) return list;
  if (list === undefined || list.length === 0) return undefined;
  const resolved: Acl[] = [];
  for (const entry of removeDuplicates(list)) {
    if (entry.scheme === 'auth') {
      const before = resolved.length;
      for (const { scheme, id } of identities) {
        if (scheme !== 'ip' && scheme !== 'super') resolved.push({ perms: entry.perms, scheme, id });
      }
      if (resolved.length === before) return undefined;
    } else if (isKnownId(entry.scheme, entry.id)) {
      resolved.push(entry);
    } else {
      return undefined;
    }
  }
  return resolved;
}

function removeDuplicates(list: AclList): AclList {
  if (list.length === 1) return list;
  return list.filter(
    (entry, at) =>
      list.findIndex((e) => e.perms === entry.perms && e.scheme === entry.scheme && e.id === entry.id) === at,
  );
}

function isKnownId(scheme: string, id: string): boolean {
  switch (scheme) {
    case 'world':
      return id === 'anyone';
    case 'digest':
      return /^[^:]*:[^:]+:*$/.test(id);
    case 'ip':
      return isIpAclId(id);
    case 'x509':
    case 'sasl':
      // What such an id may be is looked at before the log, by the member that is asked.
      return true;
    default:
      return false;
  }
}
