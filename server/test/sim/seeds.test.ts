import { expect, test } from 'vitest';
import { MIN_FAULTS, MIN_OPERATIONS, MIN_SIMULATED_MS, missingFrom } from '../../sim/expectations.ts';
import { explainFailure } from '../../sim/explain.ts';
import { describeTotals } from '../../sim/report.ts';
import { runSeed } from '../../sim/run.ts';
import { runSeeds } from '../../sim/seeds.ts';

/** SIM_SEEDS and SIM_FIRST_SEED widen or move the search. */
const count = Number(process.env.SIM_SEEDS ?? 500);
const first = Number(process.env.SIM_FIRST_SEED ?? 1);

test(`${count} simulated ensembles of whole members lose nothing under faults and recover when these stop`, {
  timeout: 10_000 * Math.max(60, count),
}, async () => {
  const { totals, failures } = await runSeeds({ first, count, workers: 2, maxFailures: 5 });
  console.log(`simulator, seeds ${first} to ${first + count - 1}:\n${describeTotals(totals)}`);
  const [failure] = failures;
  const seeds = failures.map(({ seed }) => seed);
  expect(seeds, failure === undefined ? '' : await explainFailure(failure)).toEqual([]);
  expect(missingFrom(totals)).toEqual([]);
  expect(totals.get('simulated seconds')).toBeGreaterThanOrEqual((MIN_SIMULATED_MS / 1000) * count);
  expect(totals.get('operations')).toBeGreaterThanOrEqual(MIN_OPERATIONS * count);
  expect(totals.get('faults')).toBeGreaterThanOrEqual(MIN_FAULTS * count);
});

test('one seed gives the same run every time, traced or not', async () => {
  const [once, again] = [await runSeed(7), await runSeed(7, { trace: true })];
  expect(again.fingerprint).toBe(once.fingerprint);
  expect(again.totals.entries()).toEqual(once.totals.entries());
  expect(again.operations).toEqual(once.operations);
  expect(again.trace.length).toBeGreaterThan(50);
});
