import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { joined, prove } from '../../src/connections/proofs.ts';
import { identitiesAtConnect, isSetUp, type Verifier } from '../../src/connections/schemes.ts';
import { encodeIdentities, MAX_IDENTITIES_BYTES } from '../../src/model/identity-record.ts';
import { systemEntropy } from '../../src/platform/machine.ts';

const verifier: Verifier = {
  schemes: new Set(['ip', 'digest']),
  hashBase64: systemEntropy.hashBase64,
  digestAlgorithm: 'sha1',
  superDigest: 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=',
  x509SuperUser: undefined,
};
const withCertificates: Verifier = { ...verifier, schemes: new Set(['ip', 'digest', 'x509']) };
const socket = { remoteAddress: '10.0.0.1' };
const certified = { ...socket, certificateSubject: 'CN=ann,O=Example' };
const known = [{ scheme: 'ip', id: '10.0.0.1' }];
const SUPER = { scheme: 'super', id: '' };
const digest = (proof: string) => ({ scheme: 'digest', auth: new TextEncoder().encode(proof) });

describe('what a connection is without an auth request', () => {
  const ann = { scheme: 'sasl', id: 'ann' };
  const withSasl: Verifier = { ...verifier, schemes: new Set(['ip', 'sasl']) };

  test('is what one of the member’s own doors has proved, of schemes that are set up', () => {
    const shown = { ...socket, isOwn: true, provedIdentities: [ann, ...known] };
    expect(identitiesAtConnect(shown, withSasl)).toEqual([...known, ann]);
    expect(identitiesAtConnect(shown, verifier)).toEqual(known);
    expect(identitiesAtConnect({ ...shown, provedIdentities: [SUPER] }, withSasl)).toEqual(known);
  });

  test('is nothing that a connection of the network says of itself', () => {
    for (const isOwn of [false, undefined])
      expect(
        identitiesAtConnect(
          { ...socket, ...(isOwn === undefined ? {} : { isOwn }), provedIdentities: [ann] },
          withSasl,
        ),
      ).toEqual(known);
  });
});

describe('what an auth proves', () => {
  test('is the digest that ZooKeeper makes of user and password', () => {
    expect(prove(digest('test:test'), known, socket, verifier)).toEqual([
      ...known,
      { scheme: 'digest', id: 'test:V28q/NynI4JI3Rk54h0r8O5kMug=' },
    ]);
  });

  test('is the super user as well, where the digest is the configured one, and only where one is', () => {
    const admin = { scheme: 'digest', id: 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=' };
    const nobodyIsSuper = { ...verifier, superDigest: undefined };
    expect(prove(digest('super:admin'), known, socket, verifier)).toEqual([...known, SUPER, admin]);
    expect(prove(digest('super:admin'), known, socket, nobodyIsSuper)).toEqual([...known, admin]);
  });

  test('is nothing new the second time', () => {
    const once = prove(digest('a:b'), known, socket, verifier)!;
    expect(prove(digest('a:b'), once, socket, verifier)).toBe(once);
    expect(joined(once, known)).toBe(once);
  });

  test('has bounds: a name that leaves no room is not taken', () => {
    const fits = 'u'.repeat(MAX_IDENTITIES_BYTES - encodeIdentities(known).length - 45);
    expect(prove(digest(`${fits}:p`), known, socket, verifier)).toHaveLength(2);
    expect(prove(digest(`${fits}${'u'.repeat(10)}:p`), known, socket, verifier)).toBeUndefined();
  });

  test.each(['sha1', 'sha256', 'sha512', 'sha3-256'] as const)(
    'is hashed by %s where that is configured, the super user’s too',
    (algorithm) => {
      const id = `root:${createHash(algorithm).update('root:secret').digest('base64')}`;
      const configured = { ...verifier, digestAlgorithm: algorithm, superDigest: id };
      expect(prove(digest('root:secret'), known, socket, configured)).toEqual([
        ...known,
        SUPER,
        { scheme: 'digest', id },
      ]);
    },
  );

  test('is nothing by a scheme that is not set up, nor by one that has requests of its own', () => {
    const without = { ...verifier, schemes: new Set(['ip', 'sasl']) };
    expect(prove(digest('a:b'), known, socket, without)).toBeUndefined();
    expect(prove({ ...digest('a:b'), scheme: 'sasl' }, known, socket, without)).toBeUndefined();
    expect(prove({ ...digest('a:b'), scheme: 'x509' }, known, certified, verifier)).toBeUndefined();
  });

  test('is what the certificate of the connection says, and nothing where it has none', () => {
    const request = { scheme: 'x509', auth: undefined };
    expect(prove(request, known, socket, withCertificates)).toBeUndefined();
    const proved = prove(request, known, certified, withCertificates);
    expect(proved).toEqual([...known, { scheme: 'x509', id: 'CN=ann,O=Example' }]);
  });
});

describe('what a connection is from its beginning', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8::ffff:a00:1', '2001:db8::ffff:a00:1'],
  ])('is its address: %s is the identity %s', (remoteAddress, id) => {
    expect(identitiesAtConnect({ remoteAddress }, verifier)).toEqual([{ scheme: 'ip', id }]);
  });

  test('is the subject of its certificate, too, where that scheme is set up', () => {
    const subject = { scheme: 'x509', id: 'CN=ann,O=Example' };
    expect(identitiesAtConnect(certified, withCertificates)).toEqual([...known, subject]);
    expect(identitiesAtConnect(certified, verifier)).toEqual(known);
    expect(identitiesAtConnect(socket, withCertificates)).toEqual(known);
    const admin = { ...withCertificates, x509SuperUser: 'CN=ann,O=Example' };
    expect(identitiesAtConnect(certified, admin)).toEqual([...known, SUPER, subject]);
    const other = { ...withCertificates, x509SuperUser: 'CN=bob,O=Example' };
    expect(identitiesAtConnect(certified, other)).toEqual([...known, subject]);
  });
});

test.each([
  ['world', 'anyone', true],
  ['auth', '', true],
  ['ip', '10.0.0.1', true],
  ['digest', 'a:b', false],
  ['super', '', false],
  ['nonsense', 'x', false],
  ['sasl', 'bob', true],
  ['sasl', 'bob@REALM', true],
  ['sasl', 'bob/host@REALM', true],
  ['sasl', 'bob/host', true],
  ['sasl', 'a@b@c', false],
  ['sasl', 'a/b/c@d', false],
  ['x509', 'CN=ann', false],
])('an ACL may name %s:%s where ip and sasl are set up: %s', (scheme, id, may) => {
  expect(isSetUp({ perms: 31, scheme, id }, new Set(['ip', 'sasl']))).toBe(may);
});

test.each([
  ['CN=ann,O=Acme', true],
  ['', true],
  ['ann', false],
  ['ANN=ann', false],
])('an ACL may name x509:%s where x509 is set up: %s', (id, may) => {
  expect(isSetUp({ perms: 31, scheme: 'x509', id }, new Set(['x509']))).toBe(may);
});
