/**
 * The whole-member simulator from the command line:
 *
 *   node server/sim/main.ts --seeds 200 [--from 1] [--workers 2]     many seeds, totals at the end
 *   node server/sim/main.ts --seed 17 [--trace]                      one seed again, with the end of its trace, or all of it
 *
 * Exit 1: a seed failed, or something that belongs into such a run did not happen in any.
 */
import { seedsOfProcess, tellRun } from './command-line.ts';
import { missingFrom } from './expectations.ts';
import { explainFailure } from './explain.ts';
import { describeTotals, describeViolations, replayCommand } from './report.ts';
import { runSeed } from './run.ts';
import { runSeeds } from './seeds.ts';

const asked = seedsOfProcess({ seeds: 200, workers: 2 });
if (asked.seed === undefined) await many();
else tellRun(await runSeed(asked.seed, { trace: true }), asked.isTraced);

async function many(): Promise<void> {
  const { first, count, maxFailures } = asked;
  const began = performance.now();
  const workers = Math.min(asked.workers, count);
  const outcome = await runSeeds({ first, count, workers, maxFailures });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`simulator, seeds ${first} to ${first + count - 1}, ${seconds} s:`);
  console.log(describeTotals(outcome.totals));
  const missing = outcome.failures.length > 0 ? [] : missingFrom(outcome.totals);
  const [earliest, ...others] = outcome.failures;
  for (const { seed, violations } of others) {
    console.log(`\nseed ${seed} fails; replay it by\n  ${replayCommand(seed)}`);
    console.log(describeViolations(violations.slice(0, 3)));
  }
  if (earliest !== undefined) console.log(`\n${await explainFailure(earliest)}`);
  for (const name of missing)
    console.log(`\nnever happened: ${name} (run more seeds, or the simulator lost an ability)`);
  if (outcome.failures.length > 0 || missing.length > 0) process.exitCode = 1;
}
