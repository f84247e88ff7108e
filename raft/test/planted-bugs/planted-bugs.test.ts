import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { plantedBugs } from './bugs.ts';
import { tryCore, type Verdict } from './trial.ts';

/** What the rules and the simulation say of a copy of the core. */
function verdictOn(bug: PlantedBug | undefined, seeds: number): Promise<Verdict> {
  return withPlantedBug(['raft/src'], bug, ({ folder }) =>
    tryCore({ coreUrl: pathToFileURL(join(folder, 'raft/src/index.ts')).href, seeds }),
  );
}

describe('each planted bug is caught', () => {
  for (const bug of plantedBugs) {
    test(bug.name, { timeout: 300_000 }, async () => {
      const verdict = await verdictOn(bug, bug.seeds);
      expect(verdict.brokenRules, 'rules').not.toEqual([]);
      if (bug.seeds > 0) expect(verdict.failure, 'simulation').toBeDefined();
    });
  }
});

test('a copy without a bug is not caught', { timeout: 300_000 }, async () => {
  expect(await verdictOn(undefined, 20)).toEqual({ brokenRules: [], failure: undefined });
});
