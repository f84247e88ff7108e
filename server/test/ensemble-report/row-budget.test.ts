import { expect, test } from 'vitest';
import { RowBudget } from '../../src/ensemble-report/row-budget.ts';

test('rows are taken as long as their JSON has room, and what is left out is said', () => {
  const rows = new RowBudget<string>(1_000);
  const row = 'ü\n'.repeat(20);
  while (rows.take(row));
  expect(rows.isCut).toBe(true);
  expect(rows.take('x')).toBe(false);
  const bytes = Buffer.byteLength(JSON.stringify({ rows: rows.taken, isCut: rows.isCut }));
  expect(bytes).toBeLessThanOrEqual(1_000);
  expect((Buffer.byteLength(JSON.stringify(row)) + 1) * (rows.taken.length + 1)).toBeGreaterThan(1_000 - 256);
});

test('no more rows are taken than are wanted, and all of those', () => {
  const rows = new RowBudget<number>(10_000, 3);
  expect([rows.take(1), rows.take(2), rows.take(3), rows.isCut]).toEqual([true, true, true, false]);
  expect([rows.take(4), rows.isCut, rows.taken]).toEqual([false, true, [1, 2, 3]]);
});
