import { expect, test } from 'vitest';
import { WatchTable } from '../../src/watch/watch-table.ts';
import { noTotals, runCollision, runSeed } from './watch-run.ts';

const SEEDS = 300;

test('watches fire for whom ZooKeeper 3.9 fires them, whatever was added and removed before', () => {
  const totals = noTotals();
  for (let seed = 1; seed <= SEEDS; seed++) {
    runSeed({ WatchTable }, seed, { steps: 400, pathCount: 12 }, totals);
  }
  console.log(totals);
  for (const [what, count] of Object.entries(totals)) expect(count, what).toBeGreaterThan(100);
});

test('tells paths apart whose hashes are the same', () => {
  runCollision({ WatchTable });
});

test('also where there are thousands of paths', () => {
  for (let seed = 1; seed <= 3; seed++) {
    runSeed({ WatchTable }, seed, { steps: 20_000, pathCount: 4_000 }, noTotals());
  }
});
