import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { noTotals, runCollision, runSeed, type Subject } from './watch-run.ts';

const SEEDS = 20;

/** What the runs say of a copy of the sources. */
function firstComplaint(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) =>
    complaintOf(await load<Subject>('server/src/watch/watch-table.ts')),
  );
}

function complaintOf(subject: Subject): string | undefined {
  try {
    runCollision(subject);
    for (let seed = 1; seed <= SEEDS; seed++) {
      runSeed(subject, seed, { steps: 400, pathCount: 12 }, noTotals());
    }
    runSeed(subject, 1, { steps: 20_000, pathCount: 4_000 }, noTotals());
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

test('the copied sources pass without a bug', async () => {
  expect(await firstComplaint(undefined)).toBeUndefined();
});

test.each(PLANTED_BUGS)('the runs notice that $name', async (bug) => {
  expect(await firstComplaint(bug)).toBeDefined();
});
