/** What is known of certificates, and what is wanted of them. Plain data: private keys stay in their Secrets. */
import type { CoordinationCluster } from '@rookery/crds';
import { issuedAuthorityName, issuedClientsName } from './cluster-names.ts';

/** What members take of one another: links without TLS, both while all are changed over, or links by TLS alone. As their own settings have it. */
export const PEER_TLS_MODES = ['off', 'optional', 'required'] as const;
export type PeerTlsMode = (typeof PEER_TLS_MODES)[number];

/** The mode that pods are made with now, and the one that it is on its way to. */
export interface PeerTls {
  readonly mode: PeerTlsMode;
  readonly wanted: PeerTlsMode;
}

/** Of the operator's Secrets and of those that hold an authority or a certificate that was brought along. */
export const CERTIFICATE_KEY = 'tls.crt';
export const PRIVATE_KEY_KEY = 'tls.key';
/** The authorities that are trusted. */
export const BUNDLE_KEY = 'ca.crt';
/** The file of what members show to clients. */
export const CLIENTS_FILE = 'clients.pem';

/** The file of what the member of this ordinal shows to the others: private key, certificate and what vouches for it. */
export const memberFile = (ordinal: number | string): string => `${ordinal}.pem`;

/** Who issues by cert-manager. */
export type IssuerReference = NonNullable<CoordinationCluster['spec']['tls']['peer']['issuer']>;

/** A certificate as it stands in a Secret. */
export interface CertificateFacts {
  /** SHA-256, as certificates print it. */
  readonly fingerprint: string;
  /** Hexadecimal, as members report it. */
  readonly serial: string;
  /** DNS names and addresses, as they were asked for. */
  readonly names: readonly string[];
  /** RFC 3339, both. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** A certificate that signs others; its key is there. */
export interface AuthorityFacts extends CertificateFacts {
  /** It, and what vouches for it where it is not itself. */
  readonly pem: string;
  /** Fingerprints of all of these. */
  readonly trusted: readonly string[];
}

/** A certificate that members show; its key is there. */
export interface LeafFacts extends CertificateFacts {
  /** Fingerprint of the authority of the cluster that vouches for it; empty: none does any more. */
  readonly issuer: string;
}

/** An object as it was looked at: only that one is written over. */
export interface Seen {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Why a Secret cannot be used, for a person, and left as it is. */
interface NotUsable {
  readonly kind: 'foreign' | 'leaving' | 'unusable';
  readonly why: string;
}

/** NAME-authority: who signs, who will, and who did. */
export interface AuthoritySecret {
  readonly kind: 'there';
  readonly seen: Seen;
  /** Signs. undefined: its key was lost, and the next one is on its way to be trusted. */
  readonly current: AuthorityFacts | undefined;
  /** Is to sign, once all members trust it. */
  readonly next: AuthorityFacts | undefined;
  /** PEM of those that signed, and are trusted still; empty: none. */
  readonly former: string;
  /** Fingerprints of these. */
  readonly formerTrusted: readonly string[];
  /** The text of the annotation that the last rotation was asked for by; empty: none was. */
  readonly rotatedFor: string;
}

/** NAME-certificates: what is mounted in the pods. */
export interface CertificatesSecret {
  readonly kind: 'there';
  readonly seen: Seen;
  /** PEM of the authorities that members trust. */
  readonly bundle: string;
  /** Fingerprints of these. */
  readonly trusted: readonly string[];
  /** By their files; one that cannot be read is not there. */
  readonly leaves: Readonly<Record<string, LeafFacts>>;
  /** RFC 3339: when anything of it last changed. */
  readonly writtenAt: string;
  /** The text of the annotation that new certificates were last asked for by; empty: none were. */
  readonly renewedFor: string;
}

/** A Secret that the spec names, or that cert-manager makes because the spec names an issuer. */
export type BroughtSecret<T> = { readonly name: string } & (
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string }
  | ({ readonly kind: 'there' } & T)
);

export interface ObservedTls {
  readonly authority: AuthoritySecret | NotUsable | { readonly kind: 'missing' };
  readonly certificates: CertificatesSecret | NotUsable | { readonly kind: 'missing' };
  /** Of `broughtAuthorityName`; undefined: the operator makes one. */
  readonly broughtAuthority: BroughtSecret<AuthorityFacts> | undefined;
  /** Of `broughtLeafName`. */
  readonly broughtLeaf: BroughtSecret<CertificateFacts> | undefined;
  /** Of `clientAuthoritiesName`: that one of them which ends last. */
  readonly clientAuthorities: BroughtSecret<CertificateFacts> | undefined;
  /** What load balancers have given the Services for clients: certificates name it. */
  readonly balancedHosts: readonly string[];
}

/** A certificate that is to be made. */
export interface WantedLeaf {
  readonly file: string;
  /** For people. */
  readonly commonName: string;
  readonly names: readonly string[];
}

export type TlsStep =
  /** Writes NAME-authority. `current`: the first of all. `next`: another one, which is trusted before it signs. */
  | {
      readonly kind: 'makeAuthority';
      readonly as: 'current' | 'next';
      readonly seen: Seen | undefined;
      /** As it stands in this Secret, and with this fingerprint; undefined: a new one. */
      readonly brought: { readonly secretName: string; readonly fingerprint: string } | undefined;
      readonly notBeforeMs: number;
      readonly notAfterMs: number;
      /** PEM of authorities that are trusted besides. */
      readonly former: string;
      readonly rotatedFor: string;
    }
  /** Writes NAME-certificates: the bundle, and these certificates anew; all others stay. */
  | {
      readonly kind: 'writeCertificates';
      readonly seen: Seen | undefined;
      /** NAME-authority, as the certificates and the bundle are made from it. */
      readonly authority: Seen;
      readonly leaves: readonly WantedLeaf[];
      readonly notBeforeMs: number;
      readonly notAfterMs: number;
      readonly writtenAt: string;
      readonly renewedFor: string;
    }
  /** Writes NAME-authority: the next authority signs from now on, and the one before is trusted as long as it takes. */
  | { readonly kind: 'switchAuthority'; readonly seen: Seen }
  /** Writes NAME-authority: those that signed before are trusted no more. */
  | { readonly kind: 'dropAuthority'; readonly seen: Seen };

/** Whom members and clients are to trust: whoever signs, will sign, or did until lately. */
export function bundleOf({ current, next, former, formerTrusted }: AuthoritySecret): {
  readonly pem: string;
  /** Fingerprints of these, sorted. */
  readonly trusted: readonly string[];
} {
  const signing = [current, next].filter((authority) => authority !== undefined);
  const trusted = new Set([...signing.flatMap((authority) => authority.trusted), ...formerTrusted]);
  return { pem: eachOnce([...signing.map(({ pem }) => pem), former].join('')), trusted: [...trusted].sort() };
}

/** One root may vouch for authorities that follow one another. */
function eachOnce(pem: string): string {
  return [...new Set(pem.split(/(?<=-----END CERTIFICATE-----\n)/))].join('');
}

/** The Secret of the authority that takes the place of the operator's own; undefined: none does. */
export function broughtAuthorityName({ metadata, spec }: CoordinationCluster): string | undefined {
  const { secretName, issuer } = spec.tls.peer;
  return secretName ?? (issuer && issuedAuthorityName(metadata.name));
}

/** The Secret of what members show to clients in the place of a certificate of the cluster's own authority; undefined: there is none. */
export function broughtLeafName({ metadata, spec }: CoordinationCluster): string | undefined {
  const { secretName, issuer } = spec.tls.client;
  return secretName ?? (issuer && issuedClientsName(metadata.name));
}

/** The Secret of the authorities that sign what clients show; undefined: they are not asked for a certificate. */
export function clientAuthoritiesName({ spec }: CoordinationCluster): string | undefined {
  const { mode, clientAuth } = spec.tls.client;
  return mode === 'Disabled' ? undefined : clientAuth?.secretName;
}

/** Whether members show clients a certificate of the cluster's own authority. */
export function isClientTlsOwn({ client }: CoordinationCluster['spec']['tls']): boolean {
  return client.mode !== 'Disabled' && client.secretName === undefined && client.issuer === undefined;
}
