import { type AclList, type Identities, Permission } from '@rookery/protocol';
import type { StreamCaller, StreamRefusal } from '../admin/zookeeper-commands.ts';
import { identitiesByAuth, type Verifier } from '../connections/schemes.ts';
import { permits } from '../model/access.ts';

/** As ZooKeeper answers them. */
const MISSING: StreamRefusal = { status: 401, error: 'Auth info is missing for the command' };
const NOT_PROVED: StreamRefusal = { status: 401, error: 'Not authenticated' };
const NOT_PERMITTED: StreamRefusal = { status: 403, error: 'Not authorized' };

/** Whoever has the whole tree has to be permitted each of these on `/`. */
const ALL = [Permission.read, Permission.write, Permission.create, Permission.delete, Permission.admin];

/**
 * Why the caller may not have the whole tree; undefined: it may, for it has proved an id that is permitted everything on `/`. Where callers of
 * `/admin` need a token (`isGuarded`) it must be permitted that by name: what everybody may who reaches the clients' port is no key to the nodes that
 * are closed to everybody.
 */
export function refusalOf(
  caller: StreamCaller,
  verifier: Verifier,
  rootAcl: AclList,
  isGuarded: boolean,
): StreamRefusal | undefined {
  if (caller.authorization === '') return MISSING;
  const parts = caller.authorization.replace(/ +$/, '').split(' ');
  const [scheme, proof] = parts;
  if (parts.length > 2) return NOT_PROVED;
  const auth = proof === undefined ? undefined : Uint8Array.from(proof, (byte) => byte.charCodeAt(0));
  const shown = { remoteAddress: caller.address, certificateSubject: caller.certificateSubject };
  const identities = identitiesByAuth(scheme, auth, shown, verifier);
  if (identities === undefined) return NOT_PROVED;
  return maySeeAll(identities, rootAcl, isGuarded) ? undefined : NOT_PERMITTED;
}

function maySeeAll(identities: Identities, rootAcl: AclList, isGuarded: boolean): boolean {
  if (identities.some(({ scheme }) => scheme === 'super')) return true;
  if (!isGuarded) return ALL.every((permission) => permits(rootAcl, permission, identities));
  const named = rootAcl.filter(({ scheme }) => scheme !== 'world');
  // An empty list permits everything.
  return named.length > 0 && ALL.every((permission) => permits(named, permission, identities));
}
