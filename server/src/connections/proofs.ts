import { type AuthRequest, decodeUtf8, encodeUtf8, type Identities, type Identity } from '@rookery/protocol';
import { bareAddress } from '../config/addresses.ts';
import { encodeIdentities, MAX_IDENTITIES, MAX_IDENTITIES_BYTES } from '../model/identity-record.ts';

/** What proofs are checked against. */
export interface Verifier {
  readonly sha1Base64: (message: Uint8Array) => string;
  /** The digest id whose owner passes every ACL; undefined: nobody does. */
  readonly superDigest: string | undefined;
}

/** What every connection is without proving anything: its address. */
export function addressIdentity(remoteAddress: string): Identity {
  // ACLs name addresses plainly.
  return { scheme: 'ip', id: bareAddress(remoteAddress) };
}

/**
 * What the connection has proved with this request beside `known`: `known` itself where that is nothing new, undefined where
 * nothing was proved or there is no room for more. Of a password only its digest is kept.
 */
export function prove(
  { scheme, auth }: AuthRequest,
  known: Identities,
  verifier: Verifier,
): Identities | undefined {
  switch (scheme) {
    case 'digest':
      return auth === undefined ? undefined : joined(known, digestIdentities(auth, verifier));
    case 'ip':
      // Every connection has proved its address.
      return known;
    default:
      return undefined;
  }
}

/** `user:password` proves `user:base64(sha1(user:password))`. Bytes that are no UTF-8 are replaced before, as in ZooKeeper. */
function digestIdentities(auth: Uint8Array, { sha1Base64, superDigest }: Verifier): Identity[] {
  const proof = decodeUtf8(auth, 0, auth.length);
  const colon = proof.indexOf(':');
  const user = colon < 0 ? proof : proof.slice(0, colon);
  const id = `${user}:${sha1Base64(encodeUtf8(proof))}`;
  const digest = { scheme: 'digest', id };
  return id === superDigest ? [{ scheme: 'super', id: '' }, digest] : [digest];
}

function joined(known: Identities, proved: readonly Identity[]): Identities | undefined {
  const added = proved.filter(
    ({ scheme, id }) => !known.some((identity) => identity.scheme === scheme && identity.id === id),
  );
  if (added.length === 0) return known;
  const all = [...known, ...added];
  if (all.length > MAX_IDENTITIES || encodeIdentities(all).length > MAX_IDENTITIES_BYTES) return undefined;
  return all;
}
