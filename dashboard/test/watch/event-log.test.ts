import { describe, expect, test } from 'vitest';
import { EventLog, MOST_EVENTS, SECONDS } from '../../watch/event-log.js';

const event = (atMs: number, path = '/a') => ({ atMs, what: 'changed', path, says: '', zxid: 1 });

describe('the log of a watch', () => {
  test('gives the newest events first, numbered as they came', () => {
    const log = new EventLog();
    for (const path of ['/a', '/b', '/c']) log.add(event(0, path));
    expect(log.newest(2).map(({ number, path }) => [number, path])).toEqual([
      [3, '/c'],
      [2, '/b'],
    ]);
  });

  test('keeps a thousand, and knows how many there were', () => {
    const log = new EventLog();
    for (let at = 0; at < 2 * MOST_EVENTS + 7; at++) log.add(event(at));
    const kept = log.newest(Number.POSITIVE_INFINITY);
    expect([kept.length, kept[0]?.number, kept.at(-1)?.number, log.count]).toEqual([
      MOST_EVENTS,
      2 * MOST_EVENTS + 7,
      MOST_EVENTS + 8,
      2 * MOST_EVENTS + 7,
    ]);
  });

  test('counts by seconds, of the last minute', () => {
    const log = new EventLog();
    for (const atMs of [0, 60_000, 60_999, 61_000, 119_500]) log.add(event(atMs));
    const counts = log.perSecond(119_900);
    expect(counts).toHaveLength(SECONDS);
    expect([counts[0], counts[1], counts.at(-1)]).toEqual([2, 1, 1]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(4);
  });

  test('is empty when it is cleared, but for its counts', () => {
    const log = new EventLog();
    log.add(event(5000));
    log.clear();
    expect([log.count, log.newest(5), log.perSecond(5000).at(-1)]).toEqual([0, [], 1]);
    log.add(event(5001, '/z'));
    expect(log.newest(5).map(({ number, path }) => [number, path])).toEqual([[1, '/z']]);
  });
});
