import { expect, test } from 'vitest';
import { describeTotals, describeViolations } from '../../../server/sim/report.ts';
import { runRecipes } from '../../sim/recipe-run.ts';
import { missingFrom, replayCommand, runRecipeSeeds } from '../../sim/seeds.ts';

/** RECIPE_SEEDS and RECIPE_FIRST_SEED widen or move the search. */
const count = Number(process.env.RECIPE_SEEDS ?? 40);
const first = Number(process.env.RECIPE_FIRST_SEED ?? 1);

test(`in ${count} simulated ensembles under faults no two hold what one may, nobody waits in vain, no entry is lost or consumed twice`, {
  timeout: 20_000 * Math.max(30, count),
}, async () => {
  const { totals, failures } = await runRecipeSeeds({ first, count, maxFailures: 3 });
  console.log(`recipes, seeds ${first} to ${first + count - 1}:\n${describeTotals(totals)}`);
  const told = failures.map(
    ({ seed, violations }) => `${replayCommand(seed)}\n${describeViolations(violations)}`,
  );
  expect(failures.length, told.join('\n')).toBe(0);
  expect(missingFrom(totals)).toEqual([]);
});

test('one seed gives the same run every time, traced or not', { timeout: 120_000 }, async () => {
  const [once, again] = [await runRecipes(3), await runRecipes(3, { trace: true })];
  expect(again.fingerprint).toBe(once.fingerprint);
  expect(again.totals.entries()).toEqual(once.totals.entries());
  expect(again.trace.length).toBeGreaterThan(50);
});
