import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../testkit/src/planted-bug.ts';
import { Replica } from '../../src/replica/replica.ts';
import { REPLICA_BUGS } from './replica-bugs.ts';
import { runReplicas } from './replica-run.ts';

const SEEDS = 1000;

test('through changes of leader, broken links, crashes and snapshots each request is applied once, in order, or reported', async () => {
  const totals = await runReplicas(Replica, 1, SEEDS);
  expect(totals.applied).toBeGreaterThan(20_000);
  expect(totals.abandoned).toBeGreaterThan(300);
  expect(totals.elections).toBeGreaterThan(1_500);
  expect(totals.breaks).toBeGreaterThan(1_500);
  expect(totals.crashes).toBeGreaterThan(1_000);
});

function complaint(bug: PlantedBug | undefined, seeds: number): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) => {
    const subject = (await load<{ Replica: typeof Replica }>('server/src/replica/replica.ts')).Replica;
    return runReplicas(subject, 1, seeds).then(
      () => undefined,
      (error: Error) => error.message,
    );
  });
}

test('the copied sources pass without a bug', async () => {
  expect(await complaint(undefined, 50)).toBeUndefined();
});

test.each(REPLICA_BUGS)('the runs notice that $name', async (bug) => {
  expect(await complaint(bug, 4 * SEEDS)).toMatch(/requests, seed \d+:/);
});
