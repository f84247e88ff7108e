/**
 * The client's recipes in the simulator, from the command line:
 *
 *   node client/sim/main.ts --seeds 200 [--from 1] [--max-failures 5]     many seeds, totals at the end
 *   node client/sim/main.ts --seed 17 [--trace]                           one seed again, with the end of its trace, or all of it
 *
 * Exit 1: a seed failed.
 */
import { seedsOfProcess, tellRun } from '../../server/sim/command-line.ts';
import { describeTotals, describeViolations } from '../../server/sim/report.ts';
import { runRecipes } from './recipe-run.ts';
import { replayCommand, runRecipeSeeds } from './seeds.ts';

const asked = seedsOfProcess({ seeds: 50 });
if (asked.seed === undefined) await many();
else tellRun(await runRecipes(asked.seed, { trace: true }), asked.isTraced);

async function many(): Promise<void> {
  const { totals, failures } = await runRecipeSeeds(asked);
  console.log(describeTotals(totals));
  for (const { seed, violations } of failures) {
    process.exitCode = 1;
    console.log(
      `\nseed ${seed} fails; replay it by\n  ${replayCommand(seed)}\n${describeViolations(violations)}`,
    );
  }
}
