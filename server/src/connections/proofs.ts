import type { AuthRequest, Identities, Identity } from '@rookery/protocol';
import { encodeIdentities, MAX_IDENTITIES, MAX_IDENTITIES_BYTES } from '../model/identity-record.ts';
import { identitiesByAuth, type Shown, type Verifier } from './schemes.ts';

/**
 * What the connection has proved with this request beside `known`: `known` itself where that is nothing new, undefined where
 * nothing was proved or there is no room for more.
 */
export function prove(
  { scheme, auth }: AuthRequest,
  known: Identities,
  shown: Shown,
  verifier: Verifier,
): Identities | undefined {
  const proved = identitiesByAuth(scheme, auth, shown, verifier);
  return proved === undefined ? undefined : joined(known, proved);
}

/** Both; `known` itself where the others are nothing new, undefined where there is no room for them. */
export function joined(known: Identities, proved: readonly Identity[]): Identities | undefined {
  const added = proved.filter(
    ({ scheme, id }) => !known.some((identity) => identity.scheme === scheme && identity.id === id),
  );
  if (added.length === 0) return known;
  const all = [...known, ...added];
  if (all.length > MAX_IDENTITIES || encodeIdentities(all).length > MAX_IDENTITIES_BYTES) return undefined;
  return all;
}
