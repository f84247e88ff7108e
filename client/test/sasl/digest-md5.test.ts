import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DigestMd5Exchange } from '../../../server/src/sasl/digest-md5.ts';
import { SaslUsers } from '../../../server/src/sasl/users.ts';
import { DigestMd5 } from '../../src/sasl/digest-md5.ts';

const md5 = (message: Uint8Array): Uint8Array => createHash('md5').update(message).digest();
const DIGEST_URI = 'zookeeper/zk-sasl-md5';

/** The server's side, with one user. */
function serverOf(user: string, password: string, nonce = 'a"nonce'): DigestMd5Exchange {
  const users = new SaslUsers('zk-sasl-md5', md5);
  users.replace(new Map([[user, password]]));
  return new DigestMd5Exchange({ md5, nonce: () => nonce, users, digestUri: DIGEST_URI });
}

function clientOf(user: string, password: string): DigestMd5 {
  return new DigestMd5({ md5, cnonce: '0123456789abcdef', user, password });
}

describe("the client's side of DIGEST-MD5", () => {
  test.each([
    ['ann', 'apple'],
    ['Jürgen', 'pässword, with "quotes" \\ and 漢字'],
    ['a"b\\c', ''],
  ])('proves %s to the server, and the server to it', (user, password) => {
    const server = serverOf(user, password);
    const client = clientOf(user, password);
    const challenge = server.step(new Uint8Array(0));
    if (challenge.kind !== 'challenge') throw new Error(challenge.kind);
    const proved = server.step(client.respond(challenge.token)!);
    expect(proved).toMatchObject({ kind: 'proved', user });
    if (proved.kind !== 'proved') return;
    expect(client.isProvedBy(proved.token)).toBe(true);
    expect(client.isProvedBy(new TextEncoder().encode('rspauth=00000000000000000000000000000000'))).toBe(
      false,
    );
  });

  test('proves nothing with another password', () => {
    const server = serverOf('ann', 'apple');
    const challenge = server.step(new Uint8Array(0));
    if (challenge.kind !== 'challenge') throw new Error(challenge.kind);
    expect(server.step(clientOf('ann', 'pear').respond(challenge.token)!)).toMatchObject({ kind: 'failed' });
  });

  test('answers nothing to what is no challenge, and believes nobody before it was asked', () => {
    const client = clientOf('ann', 'apple');
    expect(client.isProvedBy(new TextEncoder().encode('rspauth='))).toBe(false);
    expect(client.respond(new TextEncoder().encode('realm="x"'))).toBeUndefined();
    expect(client.respond(new Uint8Array(0))).toBeUndefined();
  });
});
