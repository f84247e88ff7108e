import assert from 'node:assert/strict';
import { type CatchUpWork, runCatchUpWorkload } from '../../../bench/src/workloads/catch-up.ts';
import { bothSystems, type Scenario } from '../scenario.ts';

const works: readonly CatchUpWork[] = [
  { valueBytes: 1_000_000, bytes: 90_000_000 },
  { valueBytes: 50_000, bytes: 90_000_000 },
];
/** From the start of the process on, several times what it takes where nothing else runs: 0.8 to 1.4 s. */
const ALLOWED_MS = 5_000;

export const catchUp: Scenario = {
  name: 'catch-up',
  proves: 'a member that missed 90 MB has all of it within seconds, whatever the size of the values',
  against: bothSystems,
  needs: [],
  run: async (context) => {
    const accounts: string[] = [];
    for (const work of works) {
      const ensemble = await context.startEnsemble();
      const { writes, totalMs } = await runCatchUpWorkload(ensemble, work);
      const account = `${writes} sets of ${work.valueBytes} bytes in ${Math.round(totalMs)} ms`;
      if (context.system.name === 'rookery')
        assert.ok(totalMs <= ALLOWED_MS, `${account}, allowed ${ALLOWED_MS}`);
      accounts.push(account);
      await ensemble.stop();
    }
    return `caught up with ${accounts.join(', ')}`;
  },
};
