import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { asSessionId, type SessionId } from '../../src/model/ids.ts';
import { BUCKET_MS, type ExpiredSession, SessionExpiry } from '../../src/session/expiry.ts';
import { SessionTable } from '../../src/session/table.ts';

const A = asSessionId(1);
const B = asSessionId(2);

function setUp(...timeouts: [SessionId, number][]) {
  const sessions = new SessionTable();
  const expiry = new SessionExpiry();
  for (const [id, timeoutMs] of timeouts) {
    sessions.create(id, timeoutMs, id * 10);
    expiry.add(id, timeoutMs, 0);
  }
  const collect = (now: number, most = 1_000) => {
    const expired: ExpiredSession[] = [];
    expiry.collect(sessions, now, expired, most);
    return expired.map(({ id }) => id);
  };
  return { sessions, expiry, collect };
}

describe('a session', () => {
  test('expires after its timeout of silence, with the attachment of that time', () => {
    const { sessions, expiry, collect } = setUp([A, 1000], [B, 3000]);
    expect(collect(999)).toEqual([]);
    sessions.attach(A, 77);
    const expired: ExpiredSession[] = [];
    expiry.collect(sessions, 1000, expired, 1_000);
    expect(expired).toEqual([{ id: A, attachIndex: 77 }]);
    expect(collect(3000 + BUCKET_MS)).toContain(B);
  });

  test('lives on for its timeout after each touch', () => {
    const { expiry, collect } = setUp([A, 1000]);
    for (let now = 900; now <= 9000; now += 900) {
      expiry.touch(A, now);
      expect(collect(now)).toEqual([]);
    }
    expect(collect(9999)).toEqual([]);
    expect(collect(10_000)).toEqual([A]);
  });

  test('does not die of a touch that comes out of order, nor of one by a stranger', () => {
    const { expiry, collect } = setUp([A, 1000]);
    expiry.touch(A, 500);
    expiry.touch(A, 100);
    expiry.touch(asSessionId(99), 100);
    expect(collect(1400)).toEqual([]);
    expect(collect(1500)).toEqual([A]);
  });

  test('is named again after another timeout, as long as it is tracked', () => {
    const { expiry, collect } = setUp([A, 1000]);
    expect(collect(1000)).toEqual([A]);
    expect(collect(1500)).toEqual([]);
    expect(collect(2000)).toEqual([A]);
    expiry.remove(A);
    expect(collect(9000)).toEqual([]);
    expect(expiry.size).toBe(0);
  });

  test('expires with the next calls where too many do at once, each once and the longest silent first', () => {
    const many = Array.from({ length: 100 }, (_, i): [SessionId, number] => [
      asSessionId(i + 1),
      i < 60 ? 1_000 : 1_500,
    ]);
    const { expiry, collect } = setUp(...many);
    const named: number[] = [];
    const touched = asSessionId(50);
    for (let call = 0; call < 15; call++) {
      const now = 20_000 + 10 * call;
      const ids = collect(now, 7);
      expect(ids.length).toBeLessThanOrEqual(7);
      named.push(...ids);
      // Heard of while it waited for its turn.
      if (call === 2) expiry.touch(touched, now);
    }
    const expected = many.map(([id]) => id).filter((id) => id !== touched);
    expect(named).toEqual(expected);
    expect(expiry.size).toBe(100);
    expect(collect(21_100)).toContain(touched);
  });

  test('that the table no longer knows is dropped', () => {
    const { sessions, expiry, collect } = setUp([A, 1000]);
    sessions.close(A);
    expect(collect(5000)).toEqual([]);
    expect(expiry.size).toBe(0);
  });
});

describe('the leader', () => {
  test('gives every session its whole timeout again when it begins', () => {
    const { sessions, expiry, collect } = setUp([A, 1000], [B, 2000]);
    expiry.watchOver(sessions.values());
    expiry.goOn(sessions, 50_000, 2);
    expect(collect(50_999)).toEqual([]);
    expect(collect(51_000)).toEqual([A]);
    expect(collect(52_000)).toContain(B);
    expiry.end();
    expect(collect(99_000)).toEqual([]);
  });

  test('begins with so many of them at once, each with its whole timeout from then on, and none twice', () => {
    const { sessions, expiry, collect } = setUp();
    for (let id = 1; id <= 10; id++) sessions.create(asSessionId(id), 1_000, id);
    expiry.watchOver(sessions.values());
    expiry.goOn(sessions, 50_000, 4);
    expect(expiry.size).toBe(4);
    // Meanwhile the log tells of one that is new, of one that attached, and of one that ended.
    sessions.create(asSessionId(11), 1_000, 11);
    expiry.add(asSessionId(11), 1_000, 50_050);
    expiry.add(asSessionId(10), 3_000, 50_050);
    sessions.close(asSessionId(9));
    expiry.remove(asSessionId(9));
    for (let look = 1; look < 4; look++) expiry.goOn(sessions, 50_000 + 100 * look, 4);
    expect(expiry.size).toBe(10);
    expect(collect(51_000)).toEqual([1, 2, 3, 4]);
    expect(collect(51_199)).toEqual([11, 5, 6, 7, 8]);
    expect(collect(53_100)).toContain(asSessionId(10));
  });

  test('ends those from before a forced recovery at once, whoever is heard of, so many at a look, and others in their time', () => {
    const { sessions, expiry, collect } = setUp();
    for (let id = 1; id <= 6; id++) sessions.create(asSessionId(id), 1_000, id);
    sessions.recovered(asSessionId(5));
    expiry.watchOver(sessions.values());
    expiry.goOn(sessions, 50_000, 10);
    for (let id = 1; id <= 6; id++) expiry.touch(asSessionId(id), 50_000);
    expect(collect(50_000, 3)).toEqual([1, 2, 3]);
    expect(collect(50_100, 3)).toEqual([4]);
    // Not again and again while what ends them is on its way.
    expect(collect(50_900)).toEqual([]);
    expect(collect(51_000)).toEqual(expect.arrayContaining([1, 2, 3, 5, 6]));
  });

  test('extends every deadline by a stall', () => {
    const { expiry, collect } = setUp([A, 1000], [B, 2000]);
    expiry.extend(5000);
    expect(collect(5999)).toEqual([]);
    expect(collect(6000)).toEqual([A]);
    expect(collect(7000)).toEqual([B, A]);
  });

  test('takes a jump of days in few steps', () => {
    const { collect } = setUp([A, 1000]);
    expect(collect(1e12)).toEqual([A]);
    expect(collect(1e12 + 999)).toEqual([]);
    expect(collect(1e12 + 1000 + BUCKET_MS)).toEqual([A]);
  });

  test('expires exactly those that are silent, never early and at most a bucket late', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed);
      const timeouts = Array.from(
        { length: 30 },
        (_, i) => [asSessionId(i + 1), 200 + random.below(3000)] as [SessionId, number],
      );
      const { expiry, collect } = setUp(...timeouts);
      const heard = new Map(timeouts.map(([id]) => [id, 0]));
      for (let now = 0; heard.size > 0 && now < 60_000; now += random.below(250)) {
        for (const [id] of heard) {
          if (id > 10 || random.chance(0.98)) continue;
          expiry.touch(id, now);
          heard.set(id, now);
        }
        const expired = collect(now);
        for (const id of expired) {
          const timeoutMs = timeouts[id - 1]![1];
          expect(now - heard.get(id)!, `seed ${seed}`).toBeGreaterThanOrEqual(timeoutMs);
          expect(heard.delete(id), `seed ${seed}`).toBe(true);
          expiry.remove(id);
        }
        for (const [id, at] of heard) {
          expect(now - at, `seed ${seed}, session ${id}`).toBeLessThan(timeouts[id - 1]![1] + BUCKET_MS);
        }
      }
      expect(heard.size, `seed ${seed}`).toBe(0);
    }
  });
});
