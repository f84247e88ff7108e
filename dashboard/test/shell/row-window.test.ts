import { describe, expect, test } from 'vitest';
import { Random } from '../../../testkit/src/random.ts';
import { rowsInSight, rowsToDraw, scrollToShow } from '../../shell/row-window.js';

describe('of a long list', () => {
  test('the rows that are seen in part are in sight, and a few around are drawn', () => {
    const list = { count: 1_000_000, rowHeight: 30, scrollTop: 30 * 5000 + 10, height: 300 };
    expect(rowsInSight(list)).toEqual({ from: 5000, to: 5011 });
    expect(rowsToDraw(list)).toEqual({ from: 4988, to: 5023 });
  });

  test('no rows are drawn that are not there, and never more than are seen and a bound', () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const list = {
        count: random.below(1000),
        rowHeight: 30,
        scrollTop: random.between(-100, 40_000),
        height: random.below(900),
      };
      const { from, to } = rowsToDraw(list);
      expect(from >= 0 && from <= to && to <= list.count, `seed ${seed}`).toBe(true);
      expect(to - from).toBeLessThanOrEqual(list.height / 30 + 26);
    }
  });

  test('a row is scrolled to only as far as it takes to see it whole', () => {
    const list = { rowHeight: 30, scrollTop: 300, height: 90 };
    expect([9, 10, 12, 13].map((row) => scrollToShow({ ...list, row }))).toEqual([270, 300, 300, 330]);
  });
});
