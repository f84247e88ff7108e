import { expect, test } from 'vitest';
import { RateLimiter } from '../../src/admin-server/rate-limiter.ts';
import { refusalOf } from '../../src/admin-server/stream-access.ts';
import { wrongDoor } from './doors.ts';

test('each who may come to the streams is answered as by Apache ZooKeeper 3.9.5, and everybody is nobody where a token is set', () => {
  expect(wrongDoor(refusalOf)).toBeUndefined();
});

test('a password of bytes beyond ASCII is the one that a client of the protocol has', () => {
  const proof = Buffer.from('jane:pässword').toString('latin1');
  let hashed = '';
  const verifier = {
    schemes: new Set(['digest']),
    hashBase64: (_: string, message: Uint8Array) => {
      hashed = Buffer.from(message).toString();
      return '';
    },
    digestAlgorithm: 'sha1',
    superDigest: undefined,
    x509SuperUser: undefined,
  } as const;
  const caller = { address: '127.0.0.1', certificateSubject: undefined, authorization: `digest ${proof}` };
  refusalOf(caller, verifier, [], false);
  expect(hashed).toBe('jane:pässword');
});

test('one is let through in each interval; who is refused does not make the others wait longer', () => {
  let nowMs = 0;
  const limiter = new RateLimiter({ monotonicMs: () => nowMs, wallMs: () => 0 }, 100);
  const allowed: number[] = [];
  for (nowMs = 0; nowMs <= 350; nowMs += 10) if (limiter.allow()) allowed.push(nowMs);
  expect(allowed).toEqual([0, 100, 200, 300]);
  const free = new RateLimiter({ monotonicMs: () => nowMs, wallMs: () => 0 }, 0);
  expect([free.allow(), free.allow()]).toEqual([true, true]);
});
