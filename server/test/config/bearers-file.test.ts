import { describe, expect, test } from 'vitest';
import { MAX_BEARER_ID_BYTES, MAX_BEARER_IDENTITIES, MAX_BEARER_LINES } from '../../src/bounds/limits.ts';
import { tokenDigestOf } from '../../src/config/bearers-file.ts';
import { encodeIdentities, MAX_IDENTITIES, MAX_IDENTITIES_BYTES } from '../../src/model/identity-record.ts';
import { loadFrom, refusalOf } from './load-from.ts';

const ANNS = 'the-token-of-ann-has-32-characters';
const BOBS = 'the-token-of-bob/has+more_of.them~==';
const SUPER = `super:${'A'.repeat(27)}=`;
const BOB = `bob:${'B'.repeat(27)}=`;
const ENVIRONMENT = {
  ROOKERY_HTTP_IDENTITIES_FILE: '/bearers',
  ROOKERY_AUTH_SCHEMES: 'sasl x509',
  ROOKERY_SUPER_DIGEST: SUPER,
  ROOKERY_SASL_USERS_FILE: '/users',
  ROOKERY_SASL_SUPER_USERS: 'root',
  ROOKERY_X509_SUPER_USER: 'CN=root',
  ROOKERY_HTTP_TOKEN: 'the-token-of-admin-has-32-characters',
};

function load(text: string, environment: Record<string, string> = {}) {
  const files = { '/bearers': text, '/users': 'root: secret' };
  return loadFrom({ environment: { ...ENVIRONMENT, ...environment }, files }).config.http;
}

describe('a file of bearer tokens', () => {
  test('gives each token the ids of its lines, and keeps no token', () => {
    const http = load(
      [
        '# who may call /v1',
        '',
        `${ANNS} sasl:ann`,
        `  ${BOBS}\tdigest:${BOB}\r`,
        `${ANNS}   x509:CN=Ann Example, O=Example`,
        `${ANNS} sasl:ann`,
        '',
      ].join('\n'),
    );
    expect(http.identitiesFile).toBe('/bearers');
    expect(http.bearers).toEqual([
      {
        tokenDigest: tokenDigestOf(ANNS),
        identities: [
          { scheme: 'sasl', id: 'ann' },
          { scheme: 'x509', id: 'CN=Ann Example, O=Example' },
        ],
      },
      { tokenDigest: tokenDigestOf(BOBS), identities: [{ scheme: 'digest', id: BOB }] },
    ]);
    for (const token of [ANNS, BOBS]) expect(JSON.stringify(http)).not.toContain(token);
  });

  test('of comments alone names nobody', () => {
    expect(load('# nobody yet\n').bearers).toEqual([]);
  });

  test.each([
    ['', 1, 'the file is empty'],
    ['\n \n', 1, 'the file is empty'],
    ['short sasl:ann', 1, 'write TOKEN SCHEME:ID, the token being at least 32 letters, digits or any of'],
    [`# one\n${ANNS.slice(0, 31)} sasl:ann`, 2, 'it does not begin with a token'],
    [`sasl:ann ${ANNS}`, 1, 'it does not begin with a token'],
    [`${ANNS}!! sasl:ann`, 1, 'it does not begin with a token'],
    [ANNS, 1, 'behind its token stands no SCHEME:ID; write one, such as sasl:ann'],
    [`${ANNS} ann`, 1, 'behind its token stands no SCHEME:ID'],
    [`${ANNS} sasl:`, 1, 'behind its token stands no SCHEME:ID'],
    [`${BOBS} sasl:bob\n${ANNS} ip:10.0.0.1`, 2, 'an id of one of the schemes digest, sasl, x509'],
    [`${ANNS} world:anyone`, 1, 'an id of one of the schemes digest, sasl, x509'],
    [`${ANNS} super:x`, 1, 'no token can stand for a super user'],
    [`${ANNS} digest:${SUPER}`, 1, 'no token can stand for a super user'],
    [`${ANNS} sasl:super`, 1, 'no token can stand for a super user'],
    [`${ANNS} sasl:root`, 1, 'no token can stand for a super user'],
    [`${ANNS} x509:CN=root`, 1, 'no token can stand for a super user'],
    [`${ANNS} digest:bob:secret`, 1, 'an id of the scheme digest is user:base64(sha1(user:password))'],
    [`${ANNS} digest:bob:${'B'.repeat(43)}=`, 1, 'by SHA1 (digest.algorithm) it has 28'],
    [`${ANNS} sasl:a/b/c@d@e`, 1, 'user/host@realm'],
    [`${ANNS} x509:ann`, 1, 'such as CN=ann,O=Example'],
    [`${ANNS} sasl:${'a'.repeat(MAX_BEARER_ID_BYTES + 1)}`, 1, 'an id may have 480 bytes'],
    [`${'# \n'.repeat(MAX_BEARER_LINES)}#`, MAX_BEARER_LINES + 1, 'there may be 1000 lines'],
    [
      Array.from({ length: MAX_BEARER_IDENTITIES + 1 }, (_, at) => `${ANNS} sasl:a${at}`).join('\n'),
      MAX_BEARER_IDENTITIES + 1,
      'one token may have 16 ids',
    ],
    [`${ENVIRONMENT.ROOKERY_HTTP_TOKEN} sasl:ann`, 1, 'this is the token of /admin'],
  ])('%j is refused at its line, and nothing of it is shown', (text, line, problem) => {
    const { message } = refusalOf(() => load(text));
    expect(message).toContain(`/bearers line ${line}: http.identitiesFile: `);
    expect(message).toContain(problem);
    for (const secret of [ANNS, BOBS, 'secret', 'A'.repeat(27), 'B'.repeat(27)])
      expect(message).not.toContain(secret);
  });

  test('names no scheme that is not set up', () => {
    const without = { ROOKERY_AUTH_SCHEMES: '', ROOKERY_DIGEST_ENABLED: 'false' };
    expect(refusalOf(() => load(`${ANNS} x509:CN=ann`, without)).message).toContain(
      'the scheme x509 is not set up on this member; name it in auth.schemes',
    );
    expect(refusalOf(() => load(`${ANNS} digest:${BOB}`, without)).message).toContain('digest.enabled');
  });

  test('has to be there', () => {
    const environment = { ROOKERY_HTTP_IDENTITIES_FILE: '/none' };
    expect(refusalOf(() => loadFrom({ environment })).message).toBe(
      'environment: ROOKERY_HTTP_IDENTITIES_FILE: cannot read "/none" (ENOENT)',
    );
  });

  test('can give no token more than a session may have, with as much again for what its caller shows', () => {
    const longest = { scheme: 'digest', id: 'i'.repeat(MAX_BEARER_ID_BYTES) };
    const most = encodeIdentities(Array.from({ length: MAX_BEARER_IDENTITIES }, () => longest));
    expect(most.length).toBeLessThanOrEqual(MAX_IDENTITIES_BYTES / 2);
    expect(MAX_BEARER_IDENTITIES).toBeLessThanOrEqual(MAX_IDENTITIES / 2);
  });
});
