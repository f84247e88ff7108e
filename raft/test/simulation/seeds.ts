import { Worker } from 'node:worker_threads';
import type { Totals } from './totals.ts';

export interface SeedRange {
  readonly first: number;
  readonly count: number;
  /** A copy of the core's index.ts to simulate instead of the current one. */
  readonly coreUrl?: string;
  /** Ends early after so many failing seeds. */
  readonly maxFailures: number;
}

export interface SeedsOutcome {
  readonly totals: Totals;
  readonly failures: { readonly seed: number; readonly error: string }[];
}

/** Simulates the seeds in a thread of their own. */
export function runSeeds(range: SeedRange): Promise<SeedsOutcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./seeds-worker.ts', import.meta.url), { workerData: range });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the simulation's thread ended with code ${code}`)));
  });
}

/** One command for each seed that failed. */
export function replayCommands({ failures }: SeedsOutcome): string {
  return failures
    .map(
      ({ seed, error }) => `seed ${seed}: ${error}\nreplay: npx node raft/test/simulation/replay.ts ${seed}`,
    )
    .join('\n');
}
