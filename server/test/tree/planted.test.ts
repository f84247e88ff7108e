import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { runCrowd } from './crowd-run.ts';
import { runDigests } from './digest-run.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { noTotals, runSeed, type Subject } from './random-run.ts';

const SEEDS = 25;
const STEPS = 300;

function firstComplaint(subject: Subject): string | undefined {
  try {
    runDigests(subject);
    runCrowd(subject, 1, 4, 4000);
    for (let seed = 1; seed <= SEEDS; seed++) runSeed(subject, seed, STEPS, noTotals());
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** What the runs say of a copy of the sources. */
function complaintWith(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) =>
    firstComplaint({
      ...(await load<Pick<Subject, 'Tree'>>('server/src/tree/tree.ts')),
      ...(await load<Pick<Subject, 'TreeLoader'>>('server/src/tree/tree-loader.ts')),
      ...(await load<Pick<Subject, 'beginSnapshot'>>('server/src/tree/snapshot-walk.ts')),
      ...(await load<Pick<Subject, 'SessionTable'>>('server/src/session/table.ts')),
    }),
  );
}

test('the copied sources pass without a bug', async () => {
  expect(await complaintWith(undefined)).toBeUndefined();
});

test.each(PLANTED_BUGS)('the random runs notice that $name', async (bug) => {
  expect(await complaintWith(bug)).toBeDefined();
});
