import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { QUOTA_BUGS } from './quota-bugs.ts';
import { noQuotaTotals, runQuotas } from './quota-run.ts';
import type { Subject } from './random-run.ts';
import { subject } from './subject.ts';

const SEEDS = 80;
const STEPS = 250;

test('quotas are those of a simple model, whatever is written, in multis and pieces, after sessions, snapshots and the raising of the level', () => {
  const totals = noQuotaTotals();
  for (let seed = 1; seed <= SEEDS; seed++) runQuotas(subject, seed, STEPS, totals);
  for (const [what, count] of Object.entries(totals)) expect(count, what).toBeGreaterThan(50);
});

/** What the runs say of a copy of the sources. */
function complaintWith(bug: PlantedBug | undefined): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) => {
    const copied = {
      ...(await load<Pick<Subject, 'Tree'>>('server/src/tree/tree.ts')),
      ...(await load<Pick<Subject, 'TreeLoader'>>('server/src/tree/tree-loader.ts')),
      ...(await load<Pick<Subject, 'beginSnapshot'>>('server/src/tree/snapshot-walk.ts')),
      ...(await load<Pick<Subject, 'SessionTable'>>('server/src/session/table.ts')),
    };
    try {
      for (let seed = 1; seed <= SEEDS; seed++) runQuotas(copied, seed, STEPS, noQuotaTotals());
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  });
}

test('the copied sources pass without a bug', async () => {
  expect(await complaintWith(undefined)).toBeUndefined();
});

test.each(QUOTA_BUGS)('the runs notice that $name', async (bug) => {
  expect(await complaintWith(bug)).toBeDefined();
});
