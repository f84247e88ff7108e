import { ErrorCode } from '@rookery/protocol';
import { describe, expect, test } from 'vitest';
import { asSessionId } from '../../src/model/ids.ts';
import { SessionTable } from '../../src/session/table.ts';

const A = asSessionId(11);
const B = asSessionId(2 ** 45 + 1);

describe('the session table', () => {
  test('answers a request by the attachment over which it came', () => {
    const sessions = new SessionTable();
    expect(sessions.check(A, 11)).toBe(ErrorCode.sessionExpired);
    sessions.create(A, 4000, 11);
    expect(sessions.check(A, 11)).toBe(ErrorCode.ok);
    expect(sessions.attach(A, 20)).toBe(true);
    expect([sessions.check(A, 11), sessions.check(A, 20)]).toEqual([ErrorCode.sessionMoved, ErrorCode.ok]);
    expect(sessions.get(A)).toEqual({ id: A, timeoutMs: 4000, attachIndex: 20, identities: [] });
    expect(sessions.close(A)).toBe(true);
    expect([sessions.close(A), sessions.attach(A, 30), sessions.size]).toEqual([false, false, 0]);
    expect(sessions.check(A, 20)).toBe(ErrorCode.sessionExpired);
  });

  test('keeps the timeout that the newest attachment asked for, if it did', () => {
    const sessions = new SessionTable();
    const same = new SessionTable();
    sessions.create(A, 4000, 11);
    sessions.attach(A, 20, [], 9000);
    expect(sessions.get(A)?.timeoutMs).toBe(9000);
    sessions.attach(A, 21);
    expect(sessions.get(A)?.timeoutMs).toBe(9000);
    same.create(A, 9000, 21);
    expect([sessions.digestHigh, sessions.digestLow]).toEqual([same.digestHigh, same.digestLow]);
  });

  test('takes nothing for sessions of before once there was a forced recovery, and keeps them until they are ended', () => {
    const sessions = new SessionTable();
    sessions.create(A, 4000, 11);
    sessions.create(B, 4000, 12);
    const before = [sessions.digestHigh, sessions.digestLow];
    sessions.recovered(B);
    expect([sessions.isFormer(A), sessions.isFormer(B)]).toEqual([true, false]);
    expect(sessions.check(A, 11)).toBe(ErrorCode.sessionExpired);
    expect(sessions.attach(A, 20)).toBe(false);
    expect([sessions.check(B, 12), sessions.attach(B, 21)]).toEqual([ErrorCode.ok, true]);
    sessions.attach(B, 12);
    expect([sessions.size, sessions.digestHigh, sessions.digestLow]).toEqual([2, ...before]);
    expect([sessions.expire(A, 11), sessions.size]).toEqual([true, 1]);
  });

  test('expires a session only under the attachment that was seen silent', () => {
    const sessions = new SessionTable();
    sessions.create(A, 4000, 11);
    sessions.attach(A, 20);
    expect(sessions.expire(A, 11)).toBe(false);
    expect(sessions.size).toBe(1);
    expect(sessions.expire(A, 20)).toBe(true);
    expect(sessions.expire(A, 20)).toBe(false);
  });

  test('has a digest of what it holds, not of how that came about', () => {
    const one = new SessionTable();
    const other = new SessionTable();
    const digest = (table: SessionTable) => [table.digestHigh, table.digestLow];
    one.create(A, 4000, 11);
    one.create(B, 5000, 12);
    other.create(B, 5000, 1);
    other.create(asSessionId(3), 1, 1);
    other.create(A, 4000, 11);
    other.close(asSessionId(3));
    expect(digest(one)).not.toEqual(digest(other));
    other.attach(B, 12);
    expect(digest(one)).toEqual(digest(other));
    one.close(A);
    one.close(B);
    expect(digest(one)).toEqual(digest(new SessionTable()));
  });

  test('knows what the connection of the newest attachment has proved, and nothing of those before it', () => {
    const sessions = new SessionTable();
    const ip = { scheme: 'ip', id: '10.0.0.1' };
    const user = { scheme: 'digest', id: 'u:x' };
    sessions.create(A, 4000, 11, [ip]);
    expect(sessions.get(A)?.identities).toEqual([ip]);
    expect(sessions.identify(A, [ip, user])).toBe(true);
    expect(sessions.get(A)).toMatchObject({ attachIndex: 11, identities: [ip, user] });
    sessions.attach(A, 20, [ip]);
    expect(sessions.get(A)?.identities).toEqual([ip]);
    expect(sessions.identify(B, [ip])).toBe(false);
  });

  test('holds each list of identities once, and as long as a session has it', () => {
    const sessions = new SessionTable();
    const list = () => [{ scheme: 'ip', id: '10.0.0.1' }];
    sessions.create(A, 4000, 11, list());
    sessions.create(B, 4000, 12, list());
    expect(sessions.get(A)?.identities).toBe(sessions.get(B)?.identities);
    expect(sessions.identityLists).toBe(1);
    sessions.identify(A, [...list(), { scheme: 'digest', id: 'u:x' }]);
    expect(sessions.identityLists).toBe(2);
    sessions.attach(A, 20, list());
    expect(sessions.identityLists).toBe(1);
    sessions.attach(A, 21, list());
    sessions.close(A);
    expect(sessions.identityLists).toBe(1);
    sessions.close(B);
    expect(sessions.identityLists).toBe(0);
  });

  test('has another digest for other identities, and for another order of them', () => {
    const x = { scheme: 'digest', id: 'u:x' };
    const y = { scheme: 'digest', id: 'u:y' };
    const digests = [[], [x], [y], [x, y], [y, x], [{ scheme: 'digestu', id: ':x' }]].map((identities) => {
      const sessions = new SessionTable();
      sessions.create(A, 4000, 11, identities);
      return `${sessions.digestHigh} ${sessions.digestLow}`;
    });
    expect(new Set(digests).size).toBe(digests.length);
  });
});
