import { expect, test } from 'vitest';
import { noTotals, runSeed } from './random-run.ts';
import { randomKeeperWrite } from './random-writes.ts';
import { subject } from './subject.ts';

const SEEDS = 200;
const STEPS = 300;

test('the tree does what a naive one does, and snapshots hold what was there when they began', () => {
  const totals = noTotals();
  for (let seed = 1; seed <= SEEDS; seed++) runSeed(subject, seed, STEPS, totals);
  console.log(totals);
  for (const [what, count] of Object.entries(totals)) expect(count, what).toBeGreaterThan(0);
});

test('and so with what ClickHouse Keeper writes besides', () => {
  const totals = noTotals();
  for (let seed = 1; seed <= SEEDS; seed++) runSeed(subject, seed, STEPS, totals, randomKeeperWrite);
  console.log(totals);
  for (const [what, count] of Object.entries(totals)) expect(count, what).toBeGreaterThan(0);
});
