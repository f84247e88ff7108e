import 'reflect-metadata';
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** How long a certificate counts, since 1970. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface LeafRequest extends Validity {
  readonly commonName: string;
  /** DNS names and addresses. */
  readonly names: readonly string[];
}

/** Both in PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Makes keys and certificates. */
export class CertificateMaker {
  readonly #newSerial: () => string;

  /** @param newSerial hexadecimal digits that do not come twice */
  constructor(newSerial: () => string) {
    this.#newSerial = newSerial;
  }

  /** A self-signed authority. It vouches for certificates that are shown, and for no other authority. */
  async authority(cluster: string, namespace: string, validity: Validity): Promise<KeyedCertificate> {
    const keys = await newKeys();
    const serialNumber = this.#serialNumber();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber,
      // Two authorities of one cluster have two names: whoever looks for an issuer finds the right one.
      name: new Name([
        { O: [namespace] },
        { OU: [cluster] },
        { CN: [`Rookery authority ${serialNumber.slice(-8)}`] },
      ]),
      keys,
      signingAlgorithm: SIGNATURE,
      ...datesOf(validity),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return keyed(certificate, keys);
  }

  /** One that is shown, by whichever end of a connection. */
  async leaf(signer: KeyedCertificate, request: LeafRequest): Promise<KeyedCertificate> {
    const authority = new X509Certificate(signer.certificate);
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: this.#serialNumber(),
      subject: new Name([{ CN: [request.commonName] }]),
      issuer: authority.subjectName,
      publicKey: keys.publicKey,
      ...(await signatureBy(signer.privateKey)),
      ...datesOf(request),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(request.names.map(generalName)),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await keyIdentifierOf(authority),
      ],
    });
    return keyed(certificate, keys);
  }

  /** Positive: its first bit is none of a sign. */
  #serialNumber(): string {
    return `4${this.#newSerial().slice(-31)}`;
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
}

async function keyed(
  certificate: X509Certificate,
  { privateKey }: webcrypto.CryptoKeyPair,
): Promise<KeyedCertificate> {
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    privateKey: `${PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}

/** The key of an authority that was brought along may be of any kind that `isSigningKey` lets through, in any form that PEM has. */
async function signatureBy(privateKey: string): Promise<{
  readonly signingKey: webcrypto.CryptoKey;
  readonly signingAlgorithm: webcrypto.Algorithm & { readonly hash?: string };
}> {
  const key = createPrivateKey(privateKey);
  const { imported, signature } = algorithmsOf(key);
  return { signingKey: key.toCryptoKey(imported, false, ['sign']), signingAlgorithm: signature };
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  switch (asymmetricKeyType) {
    case 'ec': {
      const [namedCurve, hash] = CURVES[asymmetricKeyDetails?.namedCurve ?? ''] ?? ['P-256', 'SHA-256'];
      return { imported: { name: 'ECDSA', namedCurve }, signature: { name: 'ECDSA', hash } };
    }
    case 'ed25519':
      return { imported: { name: 'Ed25519' }, signature: { name: 'Ed25519' } };
    default: {
      const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
      return { imported: rsa, signature: rsa };
    }
  }
}

/** OpenSSL's names of curves, those of Web Crypto, and hashes as strong. */
const CURVES: Readonly<Record<string, readonly [namedCurve: string, hash: string]>> = {
  prime256v1: ['P-256', 'SHA-256'],
  secp384r1: ['P-384', 'SHA-384'],
  secp521r1: ['P-521', 'SHA-512'],
};

/** As the authority itself names its key: there is more than one way to make such a name of a key. */
async function keyIdentifierOf(authority: X509Certificate): Promise<AuthorityKeyIdentifierExtension> {
  const own = authority.getExtension(SubjectKeyIdentifierExtension);
  return own === null
    ? AuthorityKeyIdentifierExtension.create(authority.publicKey)
    : new AuthorityKeyIdentifierExtension(own.keyId);
}

function datesOf({ notBeforeMs, notAfterMs }: Validity) {
  return { notBefore: new Date(notBeforeMs), notAfter: new Date(notAfterMs) };
}

function generalName(name: string): JsonGeneralName {
  return { type: isIP(name) === 0 ? 'dns' : 'ip', value: name };
}
