import { type Acl, decodeUtf8, encodeUtf8, type Identity } from '@rookery/protocol';
import { plainAddress } from '../config/addresses.ts';
import { isPrincipal } from '../model/sasl-principal.ts';
import { isX500Name } from '../model/x500-name.ts';
import type { ClientSocket } from '../ports/client-socket.ts';
import type { HashAlgorithm } from '../ports/entropy.ts';

/** What proofs are checked against; each member has it for itself. */
export interface Verifier {
  /** Names of the schemes that are set up. */
  readonly schemes: ReadonlySet<string>;
  readonly hashBase64: (algorithm: HashAlgorithm, message: Uint8Array) => string;
  readonly digestAlgorithm: HashAlgorithm;
  /** The digest id whose owner passes every ACL; undefined: nobody does. It changes with its file. */
  superDigest: string | undefined;
  /** The subject of a certificate, likewise. */
  readonly x509SuperUser: string | undefined;
}

/** What a connection shows without a request. */
export type Shown = Pick<ClientSocket, 'remoteAddress' | 'certificateSubject' | 'isOwn' | 'provedIdentities'>;

/** A way to be known: connections prove ids of it, and ACLs name them. */
interface Scheme {
  /** What a connection has proved from its beginning. */
  readonly atConnect?: (shown: Shown, verifier: Verifier) => readonly Identity[];
  /** What an auth request of this scheme proves; undefined: nothing, and it fails, as it does where this is left out. */
  readonly byAuth?: (
    auth: Uint8Array | undefined,
    shown: Shown,
    verifier: Verifier,
  ) => readonly Identity[] | undefined;
  /** Whether an ACL may name the id; where left out `resolveAcl` alone says so. */
  readonly takesId?: (id: string) => boolean;
}

/** Whoever has it passes every ACL. */
export const SUPER: Identity = { scheme: 'super', id: '' };

/** All there are beside `world` and `auth`, which stand for everybody and for oneself. Which of them are set up each member knows. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['ip', { atConnect: addressOf, byAuth: (_, shown) => addressOf(shown) }],
  ['digest', { byAuth: (auth, _, verifier) => digestOf(auth, verifier) }],
  // Proved by requests of its own, in several steps.
  ['sasl', { takesId: isPrincipal }],
  [
    'x509',
    {
      atConnect: subjectOf,
      byAuth: (_, shown, verifier) => someOf(subjectOf(shown, verifier)),
      takesId: isX500Name,
    },
  ],
]);

/** All that there are. */
export const SCHEME_NAMES: readonly string[] = ['world', 'auth', ...SCHEMES.keys(), SUPER.scheme];

/** What a connection is without proving anything by a request. */
export function identitiesAtConnect(shown: Shown, verifier: Verifier): readonly Identity[] {
  const identities: Identity[] = [];
  for (const [name, { atConnect }] of SCHEMES) {
    if (atConnect !== undefined && verifier.schemes.has(name)) identities.push(...atConnect(shown, verifier));
  }
  return [...identities, ...provedAtDoor(shown, identities, verifier)];
}

/** By one of this member's own doors: whatever else says so of itself is not believed. What proves a super user proves it to the member itself. */
function provedAtDoor(
  { isOwn, provedIdentities = [] }: Shown,
  known: readonly Identity[],
  { schemes }: Verifier,
): readonly Identity[] {
  if (isOwn !== true) return [];
  return provedIdentities.filter(
    ({ scheme, id }) => schemes.has(scheme) && !known.some((one) => one.scheme === scheme && one.id === id),
  );
}

/** What an auth request proves; undefined: nothing. */
export function identitiesByAuth(
  scheme: string | undefined,
  auth: Uint8Array | undefined,
  shown: Shown,
  verifier: Verifier,
): readonly Identity[] | undefined {
  if (scheme === undefined || !verifier.schemes.has(scheme)) return undefined;
  return SCHEMES.get(scheme)?.byAuth?.(auth, shown, verifier);
}

/** Whether an ACL may have this entry here: its scheme is set up, or needs no setting up. */
export function isSetUp({ scheme, id }: Acl, schemes: ReadonlySet<string>): boolean {
  if (scheme === 'world' || scheme === 'auth') return true;
  return schemes.has(scheme) && SCHEMES.get(scheme)?.takesId?.(id) !== false;
}

function addressOf({ remoteAddress }: Shown): readonly Identity[] {
  // ACLs name addresses plainly. What stands behind % is the machine's own name of an interface.
  return [{ scheme: 'ip', id: plainAddress(remoteAddress.replace(/%.*$/, '')) }];
}

/**
 * `user:password` proves `user:base64(hash(user:password))`. Bytes that are no UTF-8 are replaced before, as in ZooKeeper. Of a password only
 * its digest is kept.
 */
function digestOf(auth: Uint8Array | undefined, verifier: Verifier): readonly Identity[] | undefined {
  if (auth === undefined) return undefined;
  const proof = decodeUtf8(auth, 0, auth.length);
  const colon = proof.indexOf(':');
  const user = colon < 0 ? proof : proof.slice(0, colon);
  const id = `${user}:${verifier.hashBase64(verifier.digestAlgorithm, encodeUtf8(proof))}`;
  const digest = { scheme: 'digest', id };
  return id === verifier.superDigest ? [SUPER, digest] : [digest];
}

function subjectOf({ certificateSubject: id }: Shown, { x509SuperUser }: Verifier): readonly Identity[] {
  if (id === undefined) return [];
  const subject = { scheme: 'x509', id };
  return id === x509SuperUser ? [SUPER, subject] : [subject];
}

function someOf(identities: readonly Identity[]): readonly Identity[] | undefined {
  return identities.length > 0 ? identities : undefined;
}
