import { describeError } from './complaint.ts';
import { printLine } from './print-line.ts';
import type { Counts } from './runner.ts';

/**
 * Runs a whole program of scenarios and returns its exit code. `main` resolves with what it counted, or with undefined where nothing was
 * to be run. The last line is `N passed, N failed`, which scripts/tiers.ts reads, and the code is 1 where anything failed; where `main`
 * rejects, there is no such line, and the code is 2.
 */
export async function exitCodeOf(
  main: () => Promise<Counts | undefined>,
  print = printLine,
  complain = complainLine,
): Promise<number> {
  try {
    const counts = await main();
    if (counts === undefined) return 0;
    print(`${counts.passed} passed, ${counts.failed} failed`);
    return counts.failed === 0 ? 0 : 1;
  } catch (error) {
    complain(describeError(error));
    return 2;
  }
}

function complainLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
