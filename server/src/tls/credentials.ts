import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsConfig } from '../config/tls-config.ts';
import { opensslCipher } from './cipher-names.ts';
import { filesOfStore, readNamed, readStore, type StoreFiles } from './stores/read-store.ts';
import { StoreError } from './stores/store.ts';

/** What a member shows to others, for people. */
export interface ShownCertificate {
  /** Hexadecimal, as certificates print it. */
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  /** Since 1970. */
  readonly notAfterMs: number;
  /** SHA-256 of each authority that is trusted of others, as certificates print it. */
  readonly trusted: readonly string[];
}

/** The stores of one kind of listener, read and checked: plain values, which one thread can tell another. */
export interface ReadCredentials {
  /** A server takes them. */
  readonly options: SecureContextOptions;
  readonly shown: ShownCertificate;
}

/** What handshakes use. */
export interface Credentials extends ReadCredentials {
  readonly context: SecureContext;
}

/** Files whose change may mean other credentials. */
export function filesOf(config: TlsConfig, files: Pick<StoreFiles, 'isFolder'>): readonly string[] {
  const { keyStore, trustStore, crlFile } = config;
  return [
    ...filesOfStore(keyStore, 'key', files),
    ...(trustStore === undefined ? [] : filesOfStore(trustStore, 'trust', files)),
    ...(crlFile === undefined ? [] : [crlFile]),
  ];
}

/** Throws StoreError. */
export function loadCredentials(config: TlsConfig, files: StoreFiles): Credentials {
  return withContext(config, readCredentials(config, files));
}

/** Throws StoreError where TLS does not take them. */
export function withContext({ keyStore }: TlsConfig, read: ReadCredentials): Credentials {
  return { ...read, context: contextOf(read.options, keyStore.path) };
}

/** Throws StoreError where a handshake could not come about with them. */
export function readCredentials(config: TlsConfig, files: StoreFiles): ReadCredentials {
  const { keyStore, trustStore, crlFile, protocols } = config;
  const own = readStore(keyStore, 'key', files);
  if (own.privateKey === undefined) throw new StoreError(`${keyStore.path} holds no private key`);
  const chain = chainOf(own.privateKey, own.certificates, keyStore.path);
  const trusted = trustStore === undefined ? [] : readStore(trustStore, 'trust', files).certificates;
  if (trustStore !== undefined && trusted.length === 0)
    throw new StoreError(`${trustStore.path} holds no certificate: nobody would be trusted`);
  const options: SecureContextOptions = {
    key: own.privateKey,
    cert: chain.map(String).join(''),
    // Never the authorities that the runtime brings: whom a member trusts is said.
    ca: trusted.map(String),
    minVersion: protocols.includes('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: protocols.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
    honorCipherOrder: true,
    ...ciphersOf(config),
    ...(crlFile === undefined ? {} : { crl: readNamed(crlFile, files).toString('utf8') }),
  };
  const [leaf] = chain as [X509Certificate];
  return {
    options,
    shown: { ...shownOf(leaf), trusted: trusted.map(({ fingerprint256 }) => fingerprint256) },
  };
}

/** A list of Java's may name suites that OpenSSL left out long ago: those that are known hold. */
function ciphersOf({ ciphers }: TlsConfig): Pick<SecureContextOptions, 'ciphers'> {
  if (ciphers === undefined) return {};
  const known = ciphers.map(opensslCipher).filter((name) => name !== undefined);
  if (known.length === 0) throw new StoreError(`none of the cipher suites is known: ${ciphers.join(', ')}`);
  return { ciphers: known.join(':') };
}

function contextOf(options: SecureContextOptions, path: string): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(`TLS does not take what ${path} holds: ${why}`, { cause: error });
  }
}

/** The key's own certificate, and behind it each one's issuer, as far as they are there. */
function chainOf(
  privateKey: string,
  certificates: readonly X509Certificate[],
  path: string,
): X509Certificate[] {
  const key = createPrivateKey(privateKey);
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (leaf === undefined) throw new StoreError(`${path} holds no certificate of its private key`);
  const chain = [leaf];
  for (let last = leaf; ; ) {
    const issuer = certificates.find((other) => !chain.includes(other) && last.checkIssued(other));
    if (issuer === undefined) return chain;
    chain.push(issuer);
    last = issuer;
  }
}

function shownOf({
  serialNumber,
  subject,
  issuer,
  validTo,
}: X509Certificate): Omit<ShownCertificate, 'trusted'> {
  return {
    serial: serialNumber,
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    notAfterMs: Date.parse(validTo),
  };
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
