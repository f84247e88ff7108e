import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Authority, type IssueOptions } from '../../../testkit/src/certificates.ts';
import { opensslCipher } from '../../src/tls/cipher-names.ts';
import { namesNobody, subjectOf } from '../../src/tls/distinguished-name.ts';

describe('the subject of a certificate is written as Java writes it', async () => {
  const authority = await Authority.create();
  test.each([
    ['CN=kafka, OU=data, O=Acme, C=DE', 'C=DE,O=Acme,OU=data,CN=kafka'],
    ['CN=Jürgen', 'CN=Jürgen'],
    ['DC=org, DC=example, CN=x', 'CN=x,DC=example,DC=org'],
    [[{ CN: [{ utf8String: 'a, b + c= "d"' }] }], 'CN=a\\, b \\+ c\\= \\"d\\"'],
    [[{ CN: [{ utf8String: ' x ' }] }], 'CN=\\ x\\ '],
    [[{ CN: [{ utf8String: '\r x\r' }] }], 'CN=\\\r\\ x\\\r'],
    [[{ CN: [{ utf8String: 'a\nb\0c' }] }], 'CN=a\nb\\00c'],
    // Whatever the letters are in, Java reads UTF-8.
    [[{ CN: [{ bmpString: 'é1' }] }], 'CN=\\00\ufffd\\001'],
    // No keyword of Java's: its object id, and the value's DER.
    [[{ CN: ['x'] }, { '2.5.4.5': [{ printableString: '7' }] }], '2.5.4.5=#130137,CN=x'],
  ])('%j', async (subject, expected) => {
    const { certificate } = await authority.issue({ subject });
    expect(subjectOf(new X509Certificate(certificate).raw)).toBe(expected);
  });
});

test('a certificate names somebody by a subject, or by a critical subjectAltName', async () => {
  const authority = await Authority.create();
  const isNobodys = async (options: IssueOptions): Promise<boolean> => {
    const { certificate } = await authority.issue(options);
    return namesNobody(new X509Certificate(certificate).raw);
  };
  expect(await isNobodys({ subject: 'CN=x' })).toBe(false);
  expect(await isNobodys({ subject: [], dns: ['host'] })).toBe(false);
  expect(await isNobodys({ subject: [] })).toBe(true);
});

describe('cipher suites are known by the names that Java gives them', () => {
  test.each([
    ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384', 'ECDHE-ECDSA-AES256-SHA384'],
    ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
    ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
    ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
    ['TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
    ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    ['TLS_NULL_WITH_NULL_NULL', undefined],
  ])('%s', (name, expected) => {
    expect(opensslCipher(name)).toBe(expected);
  });
});
