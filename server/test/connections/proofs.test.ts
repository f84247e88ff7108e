import { describe, expect, test } from 'vitest';
import { addressIdentity, connectionIdentities, prove } from '../../src/connections/proofs.ts';
import { encodeIdentities, MAX_IDENTITIES_BYTES } from '../../src/model/identity-record.ts';
import { systemEntropy } from '../../src/platform/machine.ts';

const verifier = {
  sha1Base64: systemEntropy.sha1Base64,
  superDigest: 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=',
  x509SuperUser: 'CN=admin',
};
const known = [{ scheme: 'ip', id: '10.0.0.1' }];
const digest = (proof: string) => ({ scheme: 'digest', auth: new TextEncoder().encode(proof) });

describe('what a connection has proved before it sends anything', () => {
  const of = (certificateSubject?: string) =>
    connectionIdentities({ remoteAddress: '10.0.0.1', certificateSubject }, verifier);

  test('is its address, and the subject of its certificate', () => {
    expect(of()).toEqual(known);
    expect(of('CN=kafka')).toEqual([...known, { scheme: 'x509', id: 'CN=kafka' }]);
  });

  test('is the super user as well, where the certificate is the configured one', () => {
    expect(of('CN=admin')).toContainEqual({ scheme: 'super', id: 'CN=admin' });
    expect(of('CN=admin,O=x')).not.toContainEqual(expect.objectContaining({ scheme: 'super' }));
  });

  test('is the address alone where a subject is longer than identities may be', () => {
    expect(of(`CN=${'x'.repeat(MAX_IDENTITIES_BYTES)}`)).toEqual(known);
  });
});

describe('what an auth proves', () => {
  test('is the digest that ZooKeeper makes of user and password', () => {
    expect(prove(digest('test:test'), known, verifier)).toEqual([
      ...known,
      { scheme: 'digest', id: 'test:V28q/NynI4JI3Rk54h0r8O5kMug=' },
    ]);
  });

  test('is the super user as well, where the digest is the configured one, and only where one is', () => {
    const admin = { scheme: 'digest', id: 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=' };
    const asSuper = [...known, { scheme: 'super', id: '' }, admin];
    expect(prove(digest('super:admin'), known, verifier)).toEqual(asSuper);
    expect(prove(digest('super:admin'), known, { ...verifier, superDigest: undefined })).toEqual([
      ...known,
      admin,
    ]);
  });

  test('is nothing new the second time', () => {
    const once = prove(digest('a:b'), known, verifier)!;
    expect(prove(digest('a:b'), once, verifier)).toBe(once);
  });

  test('has bounds: a name that leaves no room is not taken', () => {
    const fits = 'u'.repeat(MAX_IDENTITIES_BYTES - encodeIdentities(known).length - 45);
    expect(prove(digest(`${fits}:p`), known, verifier)).toHaveLength(2);
    expect(prove(digest(`${fits}${'u'.repeat(10)}:p`), known, verifier)).toBeUndefined();
  });
});

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:10.0.0.1', '10.0.0.1'],
  ['::1', '::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['2001:db8::ffff:a00:1', '2001:db8::ffff:a00:1'],
])('the address %s is the identity %s', (address, id) => {
  expect(addressIdentity(address)).toEqual({ scheme: 'ip', id });
});
