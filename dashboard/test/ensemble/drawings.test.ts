import { describe, expect, test } from 'vitest';
import { roundedTop, stretches } from '../../ensemble/chart.js';
import { told } from '../../ensemble/timeline.js';
import { drawnOf, position } from '../../ensemble/topology.js';
import { AWAY, ensembleOf, NOW_MS } from './made-report.ts';

test('the top of the chart is 1, 2 or 5 times a power of ten', () => {
  expect([0, 10, 11, 20, 21, 501, 99_999].map(roundedTop)).toEqual([10, 10, 20, 20, 50, 1000, 100_000]);
});

test('what is unknown is a gap in the lines of the chart', () => {
  const rates = { reads: 1, writes: 1 };
  const points = [0, 1000, 2000, 9000, 10_000].map((atMs) => ({
    atMs,
    rates: atMs === 1000 ? undefined : rates,
  }));
  expect(stretches(points).map((stretch) => stretch.map(({ atMs }) => atMs))).toEqual([
    [0, 2000],
    [9000, 10_000],
  ]);
  expect(stretches(points.slice(0, 1))).toEqual([]);
});

describe('the drawing of the ensemble', () => {
  test.each([1, 2, 3, 7])('has room for %i', (of) => {
    const places = Array.from({ length: of }, (_, place) => position(place, of));
    expect(new Set(places.map(({ x, y }) => `${x.toFixed()} ${y.toFixed()}`)).size).toBe(of);
    for (const { x, y } of places) {
      expect(x).toBeGreaterThan(40);
      expect(x).toBeLessThan(520);
      expect(y).toBeGreaterThan(36);
      expect(y).toBeLessThan(276);
    }
  });

  test('is drawn anew when a member goes, and not when numbers change that it does not show', () => {
    const drawn = drawnOf(ensembleOf([{}, {}, {}]));
    expect(drawnOf(ensembleOf([{ metrics: { nodes: 9 } }, {}, {}]))).toBe(drawn);
    expect(drawnOf(ensembleOf([{}, AWAY, {}]))).not.toBe(drawn);
  });
});

test('the timeline says in words who led, and for how long nobody did', () => {
  const times = { fromMs: NOW_MS - 5000, toMs: NOW_MS - 4680 };
  expect(told({ kind: 'gap', term: 2, ...times, isOn: false }, NOW_MS)).toMatch(
    /^Nobody led at \S+, for 320 ms$/,
  );
  expect(told({ kind: 'gap', term: 0, ...times, isOn: true }, NOW_MS)).toMatch(/^Nobody leads since/);
  expect(told({ kind: 'reign', term: 2, leader: 3, ...times, isOn: false }, NOW_MS)).toMatch(
    /^Member 3 led from .* in term 2$/,
  );
  expect(told({ kind: 'reign', term: 2, leader: 3, ...times, isOn: true }, NOW_MS)).toMatch(
    /^Member 3 leads since/,
  );
});
