import { describeRun, describeViolations, replayCommand } from './report.ts';
import { runSeed } from './run.ts';
import { RUN_ENDS, type SeedReport } from './seeds.ts';

/** What people need to look into a failed seed: the command that replays it, and the end of its trace from a second run. */
export async function explainFailure({ seed, violations }: SeedReport): Promise<string> {
  const head = `seed ${seed} fails; replay it by\n  ${replayCommand(seed)}`;
  // What took a process down, or never ended, is not tried again in this one.
  if (violations.some(({ rule }) => rule === RUN_ENDS)) return `${head}\n${describeViolations(violations)}`;
  const again = await runSeed(seed, { trace: true });
  const doubt =
    again.violations.length === 0
      ? 'a second run did not fail: the simulator is not deterministic, or the sources have changed meanwhile\n'
      : '';
  return `${head}\n${doubt}${describeRun(again, false)}`;
}
