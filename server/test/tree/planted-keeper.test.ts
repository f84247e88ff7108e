import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { KEEPER_BUGS } from './keeper-bugs.ts';
import { noTotals, runSeed, type Subject } from './random-run.ts';
import { randomKeeperWrite } from './random-writes.ts';

const SEEDS = 40;
const STEPS = 300;

function complaintWith(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) => {
    const subject = {
      ...(await load<Pick<Subject, 'Tree'>>('server/src/tree/tree.ts')),
      ...(await load<Pick<Subject, 'TreeLoader'>>('server/src/tree/tree-loader.ts')),
      ...(await load<Pick<Subject, 'beginSnapshot'>>('server/src/tree/snapshot-walk.ts')),
      ...(await load<Pick<Subject, 'SessionTable'>>('server/src/session/table.ts')),
    };
    try {
      for (let seed = 1; seed <= SEEDS; seed++) runSeed(subject, seed, STEPS, noTotals(), randomKeeperWrite);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  });
}

test('the copied sources pass without a bug', async () => {
  expect(await complaintWith(undefined)).toBeUndefined();
});

test.each(KEEPER_BUGS)('the random runs notice that $name', async (bug) => {
  expect(await complaintWith(bug)).toBeDefined();
});
