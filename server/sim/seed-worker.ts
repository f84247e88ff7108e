import { runSeed } from './run.ts';
import type { SeedReport } from './seeds.ts';

/** A process that runs the seeds that its parent sends, one after the other. */
process.on('message', (seed) => {
  runSeed(Number(seed)).then(({ violations, totals }) => {
    const report: SeedReport = { seed: Number(seed), violations, totals: totals.entries() };
    process.send?.(report);
  });
});
