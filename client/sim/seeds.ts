import type { RunResult } from '../../server/sim/simulation.ts';
import { Totals } from '../../server/sim/totals.ts';
import { runRecipes } from './recipe-run.ts';

export interface RecipeSeeds {
  readonly first: number;
  readonly count: number;
  /** No more seeds are begun after so many failed. */
  readonly maxFailures: number;
}

export interface RecipeSeedsOutcome {
  readonly totals: Totals;
  readonly failures: readonly RunResult[];
}

export async function runRecipeSeeds({
  first,
  count,
  maxFailures,
}: RecipeSeeds): Promise<RecipeSeedsOutcome> {
  const totals = new Totals();
  const failures: RunResult[] = [];
  for (let seed = first; seed < first + count && failures.length < maxFailures; seed++) {
    const result = await runRecipes(seed);
    totals.merge(result.totals.entries());
    if (result.violations.length > 0) failures.push(result);
  }
  return { totals, failures };
}

export function replayCommand(seed: number): string {
  return `node_modules/.bin/node client/sim/main.ts --seed ${seed}`;
}

/** What belongs into many runs: none of it may stay 0, or it is not tested. */
const EXPECTED = [
  'holds',
  'uses',
  'holds lost',
  'waits given up',
  'entries put',
  'entries consumed',
  'entries given back',
  'puts in doubt',
  'caches compared',
  'stalls of clients',
  'sessions lost',
  'sessions suspended',
  'faults',
];

export function missingFrom(totals: Totals): string[] {
  return EXPECTED.filter((name) => totals.get(name) === 0);
}
