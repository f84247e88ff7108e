/**
 * The whole-member simulator from the command line:
 *
 *   node server/sim/main.ts --seeds 200 [--from 1] [--workers 2]     many seeds, totals at the end
 *   node server/sim/main.ts --seed 17 [--trace]                      one seed again, with the end of its trace, or all of it
 *
 * Exit 1: a seed failed, or something that belongs into such a run did not happen in any.
 */
import { parseArgs } from 'node:util';
import { missingFrom } from './expectations.ts';
import { explainFailure } from './explain.ts';
import { describeRun, describeTotals, describeViolations, replayCommand } from './report.ts';
import { runSeed } from './run.ts';
import { runSeeds } from './seeds.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    'max-failures': { type: 'string', default: '5' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

if (values.seed === undefined) await many();
else await one(Number(values.seed));

async function one(seed: number): Promise<void> {
  const result = await runSeed(seed, { trace: true });
  console.log(describeRun(result, values.trace));
  console.log(describeTotals(result.totals));
  if (result.violations.length > 0) process.exitCode = 1;
}

async function many(): Promise<void> {
  const first = whole('from');
  const count = whole('seeds');
  const began = performance.now();
  const outcome = await runSeeds({
    first,
    count,
    workers: Math.min(whole('workers'), count),
    maxFailures: whole('max-failures'),
  });
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

function whole(name: 'from' | 'seeds' | 'workers' | 'max-failures'): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name} must be a whole number above 0, not "${values[name]}"`);
  process.exit(2);
}
