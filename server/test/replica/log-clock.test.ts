import { describe, expect, test } from 'vitest';
import { LogClock } from '../../src/replica/log-clock.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

describe('the time of the log', () => {
  test('is the wall clock of the leader', () => {
    const clock = new LogClock();
    clock.startTerm(1_000, 0);
    expect(clock.read(5_000.9, 10)).toBe(5_000);
    expect(clock.read(5_010, 20)).toBe(5_010);
  });

  test('never goes back: not with the wall clock, and not behind the last entry of another leader', () => {
    const clock = new LogClock();
    clock.startTerm(10_000, 0);
    let last = 10_000;
    for (const [wallMs, monotonicMs] of [
      [9_000, 1],
      [2_000, 2],
      [10_500, 3],
      [3_000, 3],
      [0, 3],
    ] as const) {
      const timeMs = clock.read(wallMs, monotonicMs);
      expect(timeMs).toBeGreaterThanOrEqual(last);
      last = timeMs;
    }
    expect(last).toBe(10_500);
  });

  test('goes on behind a former leader whose clock was a year ahead: times to live end, mtimes tell what came first', () => {
    const clock = new LogClock();
    const nowMs = 1_800_000_000_000;
    clock.startTerm(nowMs + YEAR_MS, 0);
    const first = clock.read(nowMs, 0);
    expect(clock.read(nowMs + 10_000, 10_000) - first).toBe(5_000);
    expect(clock.read(nowMs + 20_000, 20_000) - first).toBe(10_000);
  });

  test('meets the wall clock again after twice the difference', () => {
    const clock = new LogClock();
    clock.startTerm(3_000, 0);
    expect(clock.read(4_000, 4_000)).toBe(5_000);
    expect(clock.read(6_000, 6_000)).toBe(6_000);
    expect(clock.read(7_000, 7_000)).toBe(7_000);
  });

  test('advances by fractions, however often it is read', () => {
    const clock = new LogClock();
    clock.startTerm(1_000_000, 0);
    let timeMs = 0;
    for (let monotonicMs = 0; monotonicMs <= 1_000; monotonicMs += 0.25) timeMs = clock.read(0, monotonicMs);
    expect(timeMs).toBe(1_000_500);
  });
});
