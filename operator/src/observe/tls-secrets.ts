import type { X509Certificate } from 'node:crypto';
import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import {
  type AuthorityFacts,
  type BroughtSecret,
  BUNDLE_KEY,
  bundleOf,
  CERTIFICATE_KEY,
  type CertificateFacts,
  type LeafFacts,
  type ObservedTls,
  PRIVATE_KEY_KEY,
  type Seen,
} from '../model/tls.ts';
import { isOwnedBy } from './applied.ts';
import {
  authorityFacts,
  certificateFacts,
  certificatesIn,
  certificateWithKey,
  pemOf,
  UnusableCertificate,
} from './certificate.ts';

/** The part of a Secret of TLS that is read. */
export interface TlsSecret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Further keys of NAME-authority: the authority that is to sign, … */
export const NEXT_CERTIFICATE_KEY = 'next.crt';
export const NEXT_PRIVATE_KEY_KEY = 'next.key';
/** … and those that did. */
export const FORMER_KEY = 'former.crt';

/** On NAME-authority and NAME-certificates: what the annotation of the cluster said when it was last done. */
export const ASKED_BY_ANNOTATION = 'rookery.dev/asked-by';
/** On NAME-certificates. */
export const WRITTEN_AT_ANNOTATION = 'rookery.dev/written-at';

const LEAF_FILE = /^[a-z0-9]+\.pem$/;

/** PURE. NAME-authority, as it was found. */
export function readAuthority(
  cluster: CoordinationCluster,
  secret: TlsSecret | undefined,
): ObservedTls['authority'] {
  if (secret === undefined) return { kind: 'missing' };
  const foreign = foreignTo(cluster, secret);
  if (foreign !== undefined) return foreign;
  try {
    const current = authorityIn(secret, CERTIFICATE_KEY, PRIVATE_KEY_KEY);
    const next = authorityIn(secret, NEXT_CERTIFICATE_KEY, NEXT_PRIVATE_KEY_KEY);
    if (current === undefined && next === undefined) throw new UnusableCertificate('it holds no authority');
    const former = certificatesIn(textIn(secret, FORMER_KEY));
    return {
      kind: 'there',
      seen: seenOf(secret),
      current,
      next,
      former: pemOf(former),
      formerTrusted: former.map(({ fingerprint256 }) => fingerprint256),
      rotatedFor: secret.metadata.annotations?.[ASKED_BY_ANNOTATION] ?? '',
    };
  } catch (error) {
    return { kind: 'unusable', why: reasonOf(error) };
  }
}

/** PURE. NAME-certificates, as it was found. */
export function readCertificates(
  cluster: CoordinationCluster,
  secret: TlsSecret | undefined,
  authority: ObservedTls['authority'],
): ObservedTls['certificates'] {
  if (secret === undefined) return { kind: 'missing' };
  const foreign = foreignTo(cluster, secret);
  if (foreign !== undefined) return foreign;
  const authorities = authority.kind === 'there' ? certificatesIn(bundleOf(authority).pem) : [];
  const { annotations } = secret.metadata;
  const bundle = certificatesOrNone(textIn(secret, BUNDLE_KEY));
  return {
    kind: 'there',
    seen: seenOf(secret),
    bundle: pemOf(bundle),
    trusted: bundle.map(({ fingerprint256 }) => fingerprint256).sort(),
    leaves: leavesIn(secret, authorities),
    writtenAt: annotations?.[WRITTEN_AT_ANNOTATION] ?? '',
    renewedFor: annotations?.[ASKED_BY_ANNOTATION] ?? '',
  };
}

/** PURE. The authority in a Secret that the spec names. The root may stand in ca.crt, as cert-manager has it. */
export function readBroughtAuthority(
  name: string,
  secret: TlsSecret | undefined,
): BroughtSecret<AuthorityFacts> {
  return brought(name, secret, (found) => {
    const own = certificatesIn(textIn(found, CERTIFICATE_KEY));
    const known = new Set(own.map(({ fingerprint256 }) => fingerprint256));
    const roots = certificatesIn(textIn(found, BUNDLE_KEY)).filter(
      ({ fingerprint256 }) => !known.has(fingerprint256),
    );
    return authorityFacts(pemOf([...own, ...roots]), textIn(found, PRIVATE_KEY_KEY));
  });
}

/** PURE. The certificate for clients in a Secret that the spec names. */
export function readBroughtLeaf(
  name: string,
  secret: TlsSecret | undefined,
): BroughtSecret<CertificateFacts> {
  return brought(name, secret, (found) =>
    certificateFacts(certificateWithKey(textIn(found, CERTIFICATE_KEY), textIn(found, PRIVATE_KEY_KEY))),
  );
}

/** PURE. Whom members trust of clients, in a Secret that the spec names: the one that ends last, since one goes before another comes. */
export function readClientAuthorities(
  name: string,
  secret: TlsSecret | undefined,
): BroughtSecret<CertificateFacts> {
  return brought(name, secret, (found) => {
    const [last] = certificatesIn(textIn(found, BUNDLE_KEY))
      .map(certificateFacts)
      .sort((a, b) => Date.parse(b.notAfter) - Date.parse(a.notAfter));
    if (last === undefined) throw new UnusableCertificate(`its ${BUNDLE_KEY} holds no certificate`);
    return last;
  });
}

/** PURE. A key of a Secret, decoded; empty where it is not there. */
export function textIn({ data }: TlsSecret, key: string): string {
  return Buffer.from(data?.[key] ?? '', 'base64').toString('utf8');
}

function brought<T>(
  name: string,
  secret: TlsSecret | undefined,
  read: (secret: TlsSecret) => T,
): BroughtSecret<T> {
  if (secret === undefined) return { name, kind: 'missing' };
  try {
    return { name, kind: 'there', ...read(secret) };
  } catch (error) {
    return { name, kind: 'unusable', why: reasonOf(error) };
  }
}

/** Throws what is no complaint about a certificate: that is a defect. */
function reasonOf(error: unknown): string {
  if (error instanceof UnusableCertificate) return error.message;
  throw error;
}

function foreignTo(
  cluster: CoordinationCluster,
  secret: TlsSecret,
): { readonly kind: 'foreign' | 'leaving'; readonly why: string } | undefined {
  const { metadata } = secret;
  if (metadata.deletionTimestamp !== undefined) return { kind: 'leaving', why: 'it is being deleted' };
  if (isOwnedBy(secret, cluster)) return undefined;
  const isLeftOver = metadata.ownerReferences?.some(
    ({ kind, name }) => kind === cluster.kind && name === cluster.metadata.name,
  );
  return isLeftOver === true
    ? { kind: 'leaving', why: 'it is left by a former cluster of this name' }
    : { kind: 'foreign', why: 'it belongs to somebody else' };
}

/** PURE. This very object, as it is: only it is written over. */
export function seenOf({ metadata }: KubeObject): Seen {
  return { uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' };
}

function authorityIn(secret: TlsSecret, crt: string, key: string): AuthorityFacts | undefined {
  const pem = textIn(secret, crt);
  return pem === '' ? undefined : authorityFacts(pem, textIn(secret, key));
}

function certificatesOrNone(pem: string): X509Certificate[] {
  try {
    return certificatesIn(pem);
  } catch (error) {
    reasonOf(error);
    return [];
  }
}

/** What cannot be read is made anew. */
function leavesIn(
  secret: TlsSecret,
  authorities: readonly X509Certificate[],
): Readonly<Record<string, LeafFacts>> {
  const leaves: Record<string, LeafFacts> = {};
  for (const file of Object.keys(secret.data ?? {}).filter((name) => LEAF_FILE.test(name))) {
    try {
      const text = textIn(secret, file);
      const leaf = certificateWithKey(text, text);
      const issuer = authorities.find((one) => leaf.checkIssued(one) && leaf.verify(one.publicKey));
      leaves[file] = { ...certificateFacts(leaf), issuer: issuer?.fingerprint256 ?? '' };
    } catch (error) {
      reasonOf(error);
    }
  }
  return leaves;
}
