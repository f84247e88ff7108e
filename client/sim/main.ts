/**
 * The client's recipes in the simulator, from the command line:
 *
 *   node client/sim/main.ts --seeds 200 [--from 1] [--max-failures 5]     many seeds, totals at the end
 *   node client/sim/main.ts --seed 17 [--trace]                           one seed again, with the end of its trace, or all of it
 *
 * Exit 1: a seed failed.
 */
import { parseArgs } from 'node:util';
import { describeRun, describeTotals, describeViolations } from '../../server/sim/report.ts';
import { runRecipes } from './recipe-run.ts';
import { replayCommand, runRecipeSeeds } from './seeds.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '1' },
    'max-failures': { type: 'string', default: '5' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

if (values.seed === undefined) await many();
else await one(Number(values.seed));

async function one(seed: number): Promise<void> {
  const result = await runRecipes(seed, { trace: true });
  console.log(describeRun(result, values.trace));
  console.log(describeTotals(result.totals));
  if (result.violations.length > 0) process.exitCode = 1;
}

async function many(): Promise<void> {
  const { totals, failures } = await runRecipeSeeds({
    first: Number(values.from),
    count: Number(values.seeds),
    maxFailures: Number(values['max-failures']),
  });
  console.log(describeTotals(totals));
  for (const { seed, violations } of failures) {
    process.exitCode = 1;
    console.log(
      `\nseed ${seed} fails; replay it by\n  ${replayCommand(seed)}\n${describeViolations(violations)}`,
    );
  }
}
