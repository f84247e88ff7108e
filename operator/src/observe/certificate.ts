import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { AuthorityFacts, CertificateFacts } from '../model/tls.ts';

/** Those that certificates are signed by here; of elliptic curves, these. */
const KEY_TYPES: ReadonlySet<string> = new Set(['rsa', 'ec', 'ed25519']);
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** What cannot be used, for a person. The message never shows any content. */
export class UnusableCertificate extends Error {
  override readonly name = 'UnusableCertificate';
}

/** PURE. All certificates of a PEM text, in its order. Throws UnusableCertificate. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(PEM) ?? []).map((text) => {
    try {
      return new X509Certificate(text);
    } catch {
      throw new UnusableCertificate('it holds a certificate that cannot be read');
    }
  });
}

/** PURE. The first certificate, with the key that belongs to it. Throws UnusableCertificate. */
export function certificateWithKey(pem: string, privateKey: string): X509Certificate {
  const [certificate] = certificatesIn(pem);
  if (certificate === undefined) throw new UnusableCertificate('it holds no certificate');
  let isItsKey: boolean;
  try {
    isItsKey = certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    throw new UnusableCertificate('it holds no private key that can be read');
  }
  if (!isItsKey) throw new UnusableCertificate('its private key is not that of its certificate');
  return certificate;
}

/**
 * PURE. @param pem the authority, and behind it what vouches for it
 * Throws UnusableCertificate where it can sign nothing that others would accept.
 */
export function authorityFacts(pem: string, privateKey: string): AuthorityFacts {
  const certificate = certificateWithKey(pem, privateKey);
  if (!certificate.ca) throw new UnusableCertificate('its certificate is not that of an authority (CA:TRUE)');
  if (!isSigningKey(certificate.publicKey))
    throw new UnusableCertificate('its key is none of RSA, ECDSA (P-256, P-384 or P-521) and Ed25519');
  const chain = certificatesIn(pem);
  // Trust ends at who vouches for himself.
  if (!chain.some((one) => one.checkIssued(one)))
    throw new UnusableCertificate(
      'neither is its certificate self-signed, nor is the root there that vouches for it (in tls.crt or ca.crt)',
    );
  return {
    ...certificateFacts(certificate),
    pem: pemOf(chain),
    trusted: chain.map(({ fingerprint256 }) => fingerprint256),
  };
}

/** PURE. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    fingerprint: certificate.fingerprint256,
    serial: certificate.serialNumber,
    names: namesOf(certificate),
    notBefore: rfc3339(certificate.validFromDate),
    notAfter: rfc3339(certificate.validToDate),
  };
}

function isSigningKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (!KEY_TYPES.has(asymmetricKeyType ?? '')) return false;
  return asymmetricKeyType !== 'ec' || CURVES.has(asymmetricKeyDetails?.namedCurve ?? '');
}

/** PURE. One after the other, each as Node writes it. */
export function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join('');
}

/** In whole seconds, as certificates and Kubernetes have it. */
function rfc3339(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** `DNS:a.example.com, IP Address:10.0.0.1` → both. Names that would need quotes are none that are asked for here. */
function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName
    .split(', ')
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined);
}
