import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  type JsonNameParams,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface IssueOptions {
  /** RFC 2253, or a list of relative names. */
  readonly subject: string | JsonNameParams;
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}

/** A certificate and its key, in PEM. */
export interface Issued {
  readonly certificate: string;
  readonly privateKey: string;
  /** Upper-case hexadecimal, as Node prints it. */
  readonly serial: string;
}

/** By the global names, which those who check with a browser's types have, too. */
interface KeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A certificate authority for tests. */
export class Authority {
  /** In PEM. */
  readonly certificate: string;
  readonly #certificate: X509Certificate;
  readonly #keys: KeyPair;

  constructor(certificate: X509Certificate, keys: KeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.certificate = `${certificate.toString('pem')}\n`;
  }

  static async create(name = 'CN=authority'): Promise<Authority> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name,
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 3650 * DAY_MS),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(certificate, keys);
  }

  /** One that vouches for itself alone. */
  static async selfSigned({ subject, dns = [], ip = [] }: IssueOptions): Promise<Issued> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: new Name(subject),
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + 365 * DAY_MS),
      extensions: leafExtensions(dns, ip, false),
    });
    return issuedOf(certificate, keys);
  }

  issue({ dns = [], ip = [], ...options }: IssueOptions): Promise<Issued> {
    return this.#sign(options, () => leafExtensions(dns, ip, options.subject.length === 0));
  }

  /** An authority that it vouches for. Others of the same name may follow it: its key has a name of its own. */
  issueAuthority(options: Omit<IssueOptions, 'dns' | 'ip'>): Promise<Issued> {
    return this.#sign(options, async ({ publicKey }) => [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ]);
  }

  async #sign(
    { subject, notBeforeMs, notAfterMs }: Omit<IssueOptions, 'dns' | 'ip'>,
    extensions: (keys: KeyPair) => Extension[] | Promise<Extension[]>,
  ): Promise<Issued> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create({
      subject: new Name(subject),
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(notBeforeMs ?? Date.now() - DAY_MS),
      notAfter: new Date(notAfterMs ?? Date.now() + 365 * DAY_MS),
      extensions: await extensions(keys),
    });
    return issuedOf(certificate, keys);
  }

  /** The list of those that it has revoked, in PEM. */
  async revoke(...certificates: readonly Issued[]): Promise<string> {
    const list = await X509CrlGenerator.create({
      issuer: this.#certificate.subject,
      thisUpdate: new Date(Date.now() - DAY_MS),
      nextUpdate: new Date(Date.now() + DAY_MS),
      signingAlgorithm: ALGORITHM,
      signingKey: this.#keys.privateKey,
      entries: certificates.map(({ certificate }) => ({
        serialNumber: new X509Certificate(certificate).serialNumber,
        revocationDate: new Date(Date.now() - DAY_MS),
      })),
    });
    // OpenSSL knows it by this label.
    return `${PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
  }
}

/** Of a certificate that is shown, by whichever end. */
/** @param isNameless there is no subject: the names alone say whose it is */
function leafExtensions(dns: readonly string[], ip: readonly string[], isNameless: boolean): Extension[] {
  const names: JsonGeneralName[] = [
    ...dns.map((value) => ({ type: 'dns' as const, value })),
    ...ip.map((value) => ({ type: 'ip' as const, value })),
  ];
  return [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names, isNameless)]),
  ];
}

async function issuedOf(certificate: X509Certificate, keys: KeyPair): Promise<Issued> {
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const text = `${certificate.toString('pem')}\n`;
  return {
    certificate: text,
    privateKey: `${PemConverter.encode(key, 'PRIVATE KEY')}\n`,
    serial: new NodeCertificate(text).serialNumber,
  };
}
