/** Runs many seeds outside the test runner's own loop and module loader: plain Node, at full speed. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Core } from './environment.ts';
import { runSeed } from './run-seed.ts';
import type { SeedRange, SeedsOutcome } from './seeds.ts';
import { addTotals, emptyTotals } from './totals.ts';

const { first, count, coreUrl, maxFailures } = workerData as SeedRange;
const outcome: SeedsOutcome = { totals: emptyTotals(), failures: [] };
const core = coreUrl === undefined ? undefined : ((await import(coreUrl)) as Core);
for (let seed = first; seed < first + count && outcome.failures.length < maxFailures; seed += 1) {
  try {
    addTotals(outcome.totals, runSeed(seed, core === undefined ? {} : { core }));
  } catch (error) {
    outcome.failures.push({
      seed,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}
parentPort?.postMessage(outcome);
