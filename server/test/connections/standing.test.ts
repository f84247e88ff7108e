import { describe, expect, test } from 'vitest';
import { Service, type Standing } from '../../src/connections/service.ts';

const LIMIT_MS = 10_000;
const CATCH_UP_MS = 20_000;
const well: Standing = { hasLeader: true, caughtUp: true, lagEntries: 0, canFollow: true };
const behind: Standing = { hasLeader: true, caughtUp: false, lagEntries: 700, canFollow: true };
const leaderless: Standing = { hasLeader: false, caughtUp: false, lagEntries: 0, canFollow: true };

/** What a service is after each of these, told at these times. */
function after(...told: readonly (readonly [ms: number, standing: Standing])[]): [boolean, boolean, string] {
  const service = new Service(LIMIT_MS, CATCH_UP_MS);
  for (const [ms, standing] of told) service.observe(standing, 1_000_000 + ms);
  return [service.serving, service.ready, service.reason];
}

describe('whether a member serves', () => {
  test('not before it has caught up with a leader, and it says what it waits for', () => {
    expect(after([0, leaderless])).toEqual([false, false, 'no leader is known yet']);
    expect(after([0, leaderless], [10, behind])).toEqual([false, false, 'catching up with the leader']);
    expect(after([0, behind], [10, well])).toEqual([true, true, '']);
  });

  test('not while it catches up for longer than it was given, and it says how far behind it is', () => {
    const late = [
      [0, behind],
      [CATCH_UP_MS, behind],
      [CATCH_UP_MS + 1, behind],
    ] as const;
    expect(after(...late.slice(0, 2))[2]).toBe('catching up with the leader');
    expect(after(...late)).toEqual([
      false,
      false,
      'catching up with the leader for more than 20000 ms (initLimit), 700 entries behind: are its disk and its link fast enough for what clients write?',
    ]);
    expect(after(...late, [CATCH_UP_MS + 2, leaderless], [CATCH_UP_MS + 3, behind])[2]).toBe(
      'catching up with the leader',
    );
    expect(after(...late, [CATCH_UP_MS + 2, well])).toEqual([true, true, '']);
  });

  test('through a change of leader that is shorter than the limit', () => {
    expect(after([0, well], [10, leaderless], [LIMIT_MS, leaderless])).toEqual([true, true, '']);
  });

  test('no longer than the limit without a leader, and again when it has caught up with one', () => {
    const gone = [
      [0, well],
      [LIMIT_MS + 1, leaderless],
    ] as const;
    expect(after(...gone)).toEqual([
      false,
      false,
      'no leader for 10001 ms: is a majority of the members up and reachable?',
    ]);
    expect(after(...gone, [LIMIT_MS + 10, behind])[0]).toBe(false);
    expect(after(...gone, [LIMIT_MS + 20, well])).toEqual([true, true, '']);
  });

  test('on while it lags behind its leader, but it is not recommended any more', () => {
    expect(after([0, well], [LIMIT_MS, behind])).toEqual([true, true, '']);
    expect(after([0, well], [LIMIT_MS + 1, behind])).toEqual([
      true,
      false,
      '700 entries behind the leader, for more than 10000 ms',
    ]);
    expect(after([0, well], [LIMIT_MS + 1, behind], [LIMIT_MS + 2, well])).toEqual([true, true, '']);
  });

  test('on for the limit while its disk takes no writes, not recommended; then its clients find another member', () => {
    const sick: Standing = { ...well, canFollow: false };
    const full = [
      [0, well],
      [10, sick],
    ] as const;
    expect(after(...full)).toEqual([true, false, 'its disk takes no writes: is it full?']);
    expect(after(...full, [20, well])).toEqual([true, true, '']);
    const gone = [...full, [LIMIT_MS + 1, sick]] as const;
    expect(after(...gone)).toEqual([
      false,
      false,
      'its disk has taken no writes for 10001 ms, so it cannot follow the leader: is it full?',
    ]);
    expect(after(...gone, [LIMIT_MS + 2, well])).toEqual([true, true, '']);
    expect(after([0, sick])).toEqual([false, false, 'its disk takes no writes: is it full?']);
  });
});

describe('whether a member is cut off', () => {
  /** After each of these. */
  function cutOff(...told: readonly (readonly [ms: number, standing: Standing])[]): boolean[] {
    const service = new Service(LIMIT_MS, CATCH_UP_MS);
    return told.map(([ms, standing]) => {
      service.observe(standing, 1_000_000 + ms);
      return service.isCutOff;
    });
  }

  test('counts from when it lost its leader', () => {
    expect(cutOff([0, well], [LIMIT_MS, leaderless], [LIMIT_MS + 1, leaderless])).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('ends with a leader, also before it has caught up', () => {
    const led = [LIMIT_MS + 2, behind] as const;
    expect(cutOff([0, well], [LIMIT_MS + 1, leaderless], led)).toEqual([false, true, false]);
  });

  test('is no member that has never served: it does not know what of its log was committed', () => {
    expect(cutOff([0, leaderless], [LIMIT_MS + 1, leaderless])).toEqual([false, false]);
    expect(cutOff([0, behind], [LIMIT_MS + 1, leaderless])).toEqual([false, false]);
  });

  test('is no matter of its disk: who has a leader and cannot write is not', () => {
    const stuck: Standing = { ...behind, canFollow: false };
    expect(cutOff([0, well], [LIMIT_MS + 1, stuck], [3 * LIMIT_MS, stuck])).toEqual([false, false, false]);
  });
});
