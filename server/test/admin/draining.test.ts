import { describe, expect, test } from 'vitest';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import { Draining } from '../../src/admin/draining.ts';

function drainingFor(forMs: number) {
  const log = new KeptLog();
  const clock = { nowMs: 5_000, monotonicMs: () => clock.nowMs, wallMs: () => 0 };
  return { draining: new Draining(clock, log, forMs), clock, log };
}

describe('a drain', () => {
  test('that no stop follows wears off, and says so once', () => {
    const { draining, clock, log } = drainingFor(1_000);
    draining.start();
    clock.nowMs += 999;
    draining.expire();
    expect(draining.active).toBe(true);
    clock.nowMs += 1;
    expect(draining.active).toBe(false);
    draining.expire();
    draining.expire();
    expect(log.of('warn').map(({ message }) => message)).toEqual([
      'drain expired: this member was not stopped and takes part again',
    ]);
  });

  test('that is asked for again lasts as long again', () => {
    const { draining, clock } = drainingFor(1_000);
    draining.start();
    clock.nowMs += 900;
    draining.start();
    clock.nowMs += 900;
    expect(draining.active).toBe(true);
  });

  test('that is taken back ends at once, and nothing is said of it later', () => {
    const { draining, clock, log } = drainingFor(1_000);
    draining.start();
    draining.end();
    expect(draining.active).toBe(false);
    clock.nowMs += 5_000;
    draining.expire();
    expect(log.lines).toEqual([]);
  });
});
