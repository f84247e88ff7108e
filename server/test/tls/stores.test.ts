import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadCredentials } from '../../src/tls/credentials.ts';
import { readStore, type StoreFiles } from '../../src/tls/stores/read-store.ts';
import { StoreError } from '../../src/tls/stores/store.ts';

/** Made by Java 17's keytool: `rsa` and `ec` with a key, `trust` with the certificates of both. */
const folder = new URL('./stores/', import.meta.url).pathname;
const files: StoreFiles = { read: (path) => readFileSync(path), isFolder: () => false };
const certificate = (name: string): string =>
  new X509Certificate(readFileSync(`${folder}${name}.pem`)).fingerprint256;
const password = 'changeit';

describe('what keytool wrote is read', () => {
  test.each([
    ['rsa.p12', 'rsa'],
    ['ec.p12', 'ec'],
    // RC2 and triple DES, as Java 8 wrote it.
    ['legacy.p12', 'rsa'],
    ['ec.jks', 'ec'],
  ])('%s, with its key', (file, name) => {
    const store = readStore({ path: `${folder}${file}`, password }, 'key', files);
    expect(store.certificates.map(({ fingerprint256 }) => fingerprint256)).toEqual([certificate(name)]);
    const key = { key: store.privateKey!, format: 'pem' } as const;
    expect(() => loadCredentials(configOf(`${folder}${file}`), files)).not.toThrow();
    expect(key.key).toContain('BEGIN PRIVATE KEY');
  });

  test.each(['trust.p12', 'trust.jks'])('%s, with certificates only', (file) => {
    const store = readStore({ path: `${folder}${file}`, password }, 'trust', files);
    expect(store.privateKey).toBeUndefined();
    expect(new Set(store.certificates.map(({ fingerprint256 }) => fingerprint256))).toEqual(
      new Set([certificate('rsa'), certificate('ec')]),
    );
  });
});

describe('what cannot be used is refused with words that name the file and show nothing of it', () => {
  const refusal = (path: string, change: object): string => {
    try {
      readStore({ path, ...change }, 'key', files);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      return (error as StoreError).message;
    }
    throw new Error('nothing was refused');
  };

  test.each(['rsa.p12', 'rsa.jks', 'legacy.p12'])('%s with another password', (file) => {
    const message = refusal(`${folder}${file}`, { password: 'wrong-password' });
    expect(message).toBe(`${folder}${file}: the password is not the right one, or the file is damaged`);
  });

  test('a JKS store whose key has a password of its own', () => {
    expect(refusal(`${folder}rsa.jks`, { password })).toBe(
      `${folder}rsa.jks: its private key cannot be recovered with the password`,
    );
  });

  test('a file that is not there', () => {
    expect(refusal(`${folder}none.p12`, { password })).toBe(`cannot read ${folder}none.p12 (ENOENT)`);
  });

  test('a JKS store cut anywhere, or with any of its bytes changed, is no store and no crash', () => {
    const whole = readFileSync(`${folder}ec.jks`);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 0x41;
      for (const bytes of [whole.subarray(0, at), changed]) {
        const damaged: StoreFiles = { read: () => bytes, isFolder: () => false };
        expect(() => readStore({ path: 'store', type: 'JKS', password }, 'key', damaged)).toThrow(StoreError);
        refused++;
      }
    }
    expect(refused).toBe(2 * whole.length);
  });

  test('no key, a key of another certificate, and a trust store without certificates', () => {
    const of = (content: Record<string, string>): StoreFiles => ({
      read: (path) => Buffer.from(content[path] ?? ''),
      isFolder: () => false,
    });
    const rsa = readFileSync(`${folder}rsa.pem`, 'utf8');
    const { privateKey } = readStore({ path: `${folder}ec.p12`, password }, 'key', files);
    const load = (content: Record<string, string>, trust?: string) => () =>
      loadCredentials(configOf('/own.pem', trust), of(content));
    expect(load({ '/own.pem': rsa })).toThrow('/own.pem holds no private key');
    expect(load({ '/own.pem': `${privateKey}${rsa}` })).toThrow(
      '/own.pem holds no certificate of its private key',
    );
    const ec = readFileSync(`${folder}ec.pem`, 'utf8');
    const own = { '/own.pem': `${ec}${privateKey}` };
    expect(load({ ...own, '/trust.pem': 'nothing' }, '/trust.pem')).toThrow(
      '/trust.pem holds no certificate',
    );
    expect(load({ ...own, '/trust.pem': rsa }, '/trust.pem')).not.toThrow();
  });
});

function configOf(path: string, trust?: string) {
  return {
    mode: 'required',
    keyStore: { path, password },
    ...(trust === undefined ? {} : { trustStore: { path: trust } }),
    clientAuth: 'none',
    protocols: ['TLSv1.2', 'TLSv1.3'],
    verifyHostname: false,
    handshakeTimeoutMs: 5_000,
  } as const;
}
