import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import {
  BasicConstraintsExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { describe, expect, test } from 'vitest';
import { Authority } from '../../../testkit/src/certificates.ts';
import { CertificateMaker, type KeyedCertificate } from '../../src/act/certificate-authority.ts';
import { authorityFacts, certificateFacts } from '../../src/observe/certificate.ts';
import { newSerial } from './serials.ts';

const DAY_MS = 86_400_000;
const now = Math.floor(Date.now() / 1000) * 1000;
const life = { notBeforeMs: now - DAY_MS, notAfterMs: now + DAY_MS };
const maker = new CertificateMaker(newSerial);
const hostOf = (ordinal: number): string => `zk-peer-${ordinal}.ns.svc`;
const leafOf = (signer: KeyedCertificate, ordinal: number): Promise<KeyedCertificate> =>
  maker.leaf(signer, { commonName: `zk-${ordinal}`, names: [hostOf(ordinal)], ...life });

/** What comes of a handshake of two members, as each of them has it; empty: nothing is wrong. */
async function handshake(
  server: KeyedCertificate,
  client: KeyedCertificate,
  ca: string,
  name: string,
): Promise<{ readonly client: string; readonly server: string }> {
  const listening = createServer({
    cert: server.certificate,
    key: server.privateKey,
    ca,
    requestCert: true,
    rejectUnauthorized: false,
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const accepted = once(listening, 'secureConnection');
  const { port } = listening.address() as AddressInfo;
  const socket = connect({
    host: '127.0.0.1',
    port,
    servername: name,
    ca,
    cert: client.certificate,
    key: client.privateKey,
    rejectUnauthorized: false,
  });
  const [[other]] = await Promise.all([accepted, once(socket, 'secureConnect')]);
  const seen = {
    client: String(socket.authorizationError ?? ''),
    server: String(other.authorizationError ?? ''),
  };
  socket.destroy();
  other.destroy();
  listening.close();
  return seen;
}

/** One that a person or another program made. */
async function broughtAuthority(
  algorithm: webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams | webcrypto.Algorithm,
  form: 'pkcs1' | 'sec1' | 'pkcs8',
): Promise<KeyedCertificate> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Theirs,O=Example',
    keys,
    signingAlgorithm: { ...algorithm, hash: 'SHA-256' } as webcrypto.EcdsaParams,
    notBefore: new Date(life.notBeforeMs),
    notAfter: new Date(life.notAfterMs),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      // Not that of SHA-1 over the key, which others would work out.
      new SubjectKeyIdentifierExtension('0102030405060708'),
    ],
  });
  const key = createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    certificate: certificate.toString('pem'),
    privateKey: key.export({ type: form as 'pkcs8', format: 'pem' }) as string,
  };
}

describe('certificates of members', () => {
  test('are taken by one another, each for its own host and no other', async () => {
    const authority = await maker.authority('zk', 'ns', life);
    const [zero, one] = await Promise.all([leafOf(authority, 0), leafOf(authority, 1)]);
    expect(await handshake(zero, one, authority.certificate, hostOf(0))).toEqual({ client: '', server: '' });
    const wrong = await handshake(zero, one, authority.certificate, hostOf(1));
    expect(wrong.client).toContain('ALTNAME');
  });

  test('of two authorities of one name, which one root vouches for, are taken where both are trusted', async () => {
    const root = await Authority.create('CN=company');
    const issued = async (): Promise<KeyedCertificate> => {
      const { certificate, privateKey } = await root.issueAuthority({ subject: 'CN=Rookery authority' });
      return { certificate, privateKey };
    };
    const [former, next] = await Promise.all([issued(), issued()]);
    const ca = `${former.certificate}${next.certificate}${root.certificate}`;
    const [zero, one] = await Promise.all([leafOf(former, 0), leafOf(next, 1)]);
    expect(await handshake(zero, one, ca, hostOf(0))).toEqual({ client: '', server: '' });
    expect(await handshake(one, zero, ca, hostOf(1))).toEqual({ client: '', server: '' });
  });

  test('of another authority are not, and are once both are trusted', async () => {
    const [former, next] = await Promise.all([
      maker.authority('zk', 'ns', life),
      maker.authority('zk', 'ns', life),
    ]);
    const [zero, one] = await Promise.all([leafOf(former, 0), leafOf(next, 1)]);
    const strangers = await handshake(zero, one, former.certificate, hostOf(0));
    expect(strangers).toEqual({ client: '', server: expect.stringMatching(/UNABLE|SELF_SIGNED/) });
    const both = `${former.certificate}${next.certificate}`;
    expect(await handshake(zero, one, both, hostOf(0))).toEqual({ client: '', server: '' });
  });

  test('say what was asked for, and vouch for nobody', async () => {
    const authority = await maker.authority('zk', 'ns', life);
    const names = ['zk.example.com', '*.zk-headless.ns.svc', '192.0.2.7', '2001:db8::7'];
    const leaf = new X509Certificate(
      (await maker.leaf(authority, { commonName: 'zk', names, ...life })).certificate,
    );
    expect(leaf.ca).toBe(false);
    expect(leaf.checkHost('zk-2.zk-headless.ns.svc')).toBeDefined();
    expect(leaf.checkIP('192.0.2.7')).toBe('192.0.2.7');
    expect(leaf.checkIP('2001:db8::7')).toBe('2001:db8::7');
    expect(certificateFacts(leaf)).toMatchObject({
      names: ['zk.example.com', '*.zk-headless.ns.svc', '192.0.2.7', '2001:DB8:0:0:0:0:0:7'],
      notAfter: `${new Date(life.notAfterMs).toISOString().slice(0, 19)}Z`,
    });
  });

  test('have serial numbers of their own, and authorities names of their own', async () => {
    const authorities = await Promise.all([1, 2].map(() => maker.authority('zk', 'ns', life)));
    const leaves = await Promise.all([0, 1].map((ordinal) => leafOf(authorities[0]!, ordinal)));
    const all = [...authorities, ...leaves].map(({ certificate }) => new X509Certificate(certificate));
    expect(new Set(all.map(({ serialNumber }) => serialNumber)).size).toBe(4);
    expect(all[0]!.subject).not.toBe(all[1]!.subject);
    expect(all[0]!.subject).toContain('O=ns');
  });
});

describe('an authority that was brought along', () => {
  test.each([
    [
      'RSA in PKCS#1, as cert-manager writes it',
      {
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: 'SHA-256',
      },
      'pkcs1',
    ],
    ['ECDSA P-384 in SEC1', { name: 'ECDSA', namedCurve: 'P-384' }, 'sec1'],
    ['Ed25519', { name: 'Ed25519' }, 'pkcs8'],
  ] as const)('signs certificates that are taken: %s', async (_title, algorithm, form) => {
    const authority = await broughtAuthority(algorithm, form);
    expect(authorityFacts(authority.certificate, authority.privateKey).trusted).toHaveLength(1);
    const [zero, one] = await Promise.all([leafOf(authority, 0), leafOf(authority, 1)]);
    expect(await handshake(zero, one, authority.certificate, hostOf(0))).toEqual({ client: '', server: '' });
  });

  test.each([
    ['has no certificate', () => ['', ''], 'it holds no certificate'],
    [
      'is no authority',
      (leaf: KeyedCertificate) => [leaf.certificate, leaf.privateKey],
      'not that of an authority',
    ],
    [
      'has the key of another one',
      (leaf: KeyedCertificate, authority: KeyedCertificate) => [authority.certificate, leaf.privateKey],
      'its private key is not that of its certificate',
    ],
    [
      'has no key',
      (_leaf: KeyedCertificate, authority: KeyedCertificate) => [authority.certificate, 'x'],
      'it holds no private key that can be read',
    ],
  ] as const)('that %s is refused, and nothing of it is shown', async (_title, spoil, why) => {
    const authority = await maker.authority('zk', 'ns', life);
    const [certificate, key] = spoil(await leafOf(authority, 0), authority) as [string, string];
    expect(() => authorityFacts(certificate, key)).toThrow(why);
  });
});
