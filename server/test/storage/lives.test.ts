import { expect, test } from 'vitest';
import { Storage } from '../../src/storage/storage.ts';
import { noTotals, runSeed } from './lives/run-seed.ts';

const seeds = 600;

test(`finds after every crash, kill and failed call what was acknowledged (${seeds} seeds)`, async () => {
  const totals = noTotals();
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      await runSeed(seed, Storage, totals);
    } catch (cause) {
      const replay = `node server/test/storage/lives/replay.ts ${seed}`;
      throw new Error(`seed ${seed}: ${(cause as Error).message}\n  replay: ${replay}`, { cause });
    }
  }
  console.log(`storage, ${seeds} seeds:`, JSON.stringify(totals));
  for (const [what, count] of Object.entries(totals)) expect(count, what).toBeGreaterThan(0);
});
