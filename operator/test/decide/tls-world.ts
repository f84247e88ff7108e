import { MAX_READ_REPLICAS, MAX_REPLICAS } from '@rookery/crds';
import { FIRST_READ_ORDINAL, PROOF_SERVER_ID, proofHost } from '../../src/model/cluster-names.ts';
import {
  type AuthorityFacts,
  type AuthoritySecret,
  type CertificatesSecret,
  type LeafFacts,
  memberFile,
  type ObservedTls,
} from '../../src/model/tls.ts';

/** RFC 3339, so many days after the beginning of 2026. */
export function day(days: number): string {
  return `${new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString().slice(0, 19)}Z`;
}

/** One that is called `name`, and lives from 40 days ago on. */
export function authorityOf(name: string, more: Partial<AuthorityFacts> = {}): AuthorityFacts {
  return {
    fingerprint: name,
    serial: `serial-${name}`,
    names: [],
    notBefore: day(-40),
    notAfter: day(690),
    pem: `<${name}>`,
    trusted: [name],
    ...more,
  };
}

export function leafOf(ordinal: number, more: Partial<LeafFacts> = {}): LeafFacts {
  return {
    fingerprint: `leaf-${ordinal}`,
    serial: `A${ordinal}`,
    names: [`zk-peer-${ordinal}.ns.svc`],
    notBefore: day(-1),
    notAfter: day(89),
    issuer: 'one',
    ...more,
  };
}

export function leavesOf(more: Partial<LeafFacts> = {}): Record<string, LeafFacts> {
  const leaves = Array.from({ length: MAX_REPLICAS }, (_, ordinal) => [
    memberFile(ordinal),
    leafOf(ordinal, more),
  ]);
  const readers = Array.from({ length: MAX_READ_REPLICAS }, (_, at) => [
    memberFile(FIRST_READ_ORDINAL + at),
    leafOf(FIRST_READ_ORDINAL + at, more),
  ]);
  const prover = PROOF_SERVER_ID - 1;
  return Object.fromEntries([
    ...leaves,
    ...readers,
    [memberFile(prover), leafOf(prover, { names: [proofHost('zk', 'ns')], ...more })],
  ]);
}

/** Signed by the authority `one`. */
export function authoritySecretOf(more: Partial<AuthoritySecret> = {}): AuthoritySecret {
  return {
    kind: 'there',
    seen: { uid: 'uid-authority', resourceVersion: '5' },
    current: authorityOf('one'),
    next: undefined,
    former: '',
    formerTrusted: [],
    rotatedFor: '',
    ...more,
  };
}

/** Of that authority, one for each member. */
export function certificatesSecretOf(more: Partial<CertificatesSecret> = {}): CertificatesSecret {
  return {
    kind: 'there',
    seen: { uid: 'uid-certificates', resourceVersion: '6' },
    bundle: '<one>',
    trusted: ['one'],
    leaves: leavesOf(),
    writtenAt: day(-1),
    renewedFor: '',
    ...more,
  };
}

/** All that a cluster needs whose members speak TLS. */
export function tlsOf(more: Partial<ObservedTls> = {}): ObservedTls {
  return {
    authority: authoritySecretOf(),
    certificates: certificatesSecretOf(),
    broughtAuthority: undefined,
    broughtLeaf: undefined,
    clientAuthorities: undefined,
    balancedHosts: [],
    ...more,
  };
}
