import { describe, expect, test } from 'vitest';
import { compare } from '../../compatibility/compare.ts';
import { respond } from '../../compatibility/digest-md5.ts';
import { normalise } from '../../compatibility/normalise.ts';

/** What a server told that answered one step of a SASL exchange so. */
function told(token: string | null) {
  const text = Buffer.from(token ?? '');
  const bytes = Buffer.alloc(20 + text.length);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(token === null ? -1 : text.length, 16);
  text.copy(bytes, 20);
  const entry = { label: 'ann #2 sasl', order: 2_000, kind: 'reply', op: 'sasl', bytes } as const;
  return normalise({ entries: [entry], root: '/root', beganMs: 0, endedMs: 1 });
}

const differences = (one: string | null, other: string | null) =>
  compare('test/tokens', told(one), told(other)).map(({ field }) => field);

const challenge = (nonce: string, realm = 'zk-sasl-md5') =>
  `realm="${realm}",nonce="${nonce}",charset=utf-8,algorithm=md5-sess`;

describe('two tokens', () => {
  test('are the same but for random numbers', () => {
    expect(differences(challenge('abcd'), challenge('efgh'))).toEqual([]);
    expect(differences(`rspauth=${'0'.repeat(32)}`, `rspauth=${'f'.repeat(32)}`)).toEqual([]);
  });

  test('differ by all else', () => {
    expect(differences(challenge('abcd'), challenge('abcd', 'zk-sasl-MD5'))).toEqual(['token']);
    expect(differences(challenge('abcd'), challenge('abcde'))).toContain('token.length');
    expect(differences('rspauth=00', 'rspauth=0g')).toEqual(['token']);
    expect(differences(null, '')).toContain('token.length');
  });
});

test('a client answers a challenge as in the example of RFC 2831', () => {
  const offered = Buffer.from(
    'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess',
  );
  const answer = respond(offered, {
    user: 'chris',
    password: 'secret',
    digestUri: 'imap/elwood.innosoft.com',
  });
  expect(answer.toString()).toContain('response=d388dad90d4bbd760a152321f2143af7');
});
