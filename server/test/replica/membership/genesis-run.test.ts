import { expect, test } from 'vitest';
import { type PlantedBug, withPlantedBug } from '../../../../testkit/src/planted-bug.ts';
import { Bootstrap } from '../../../src/replica/membership/bootstrap.ts';
import { Links } from '../../../src/replica/peers/links.ts';
import { GENESIS_BUGS } from './genesis-bugs.ts';
import { runGenesis } from './genesis-run.ts';
import type { GenesisSubject } from './genesis-world.ts';

const SEEDS = 300;

test('whatever stops, breaks or is wiped in any order, no Raft id is used twice and a genesis that can complete does', async () => {
  const totals = await runGenesis({ Bootstrap, Links }, 1, SEEDS);
  expect(totals.elections).toBeGreaterThan(100);
  expect(totals.wipes).toBeGreaterThan(500);
  expect(totals.crashes).toBeGreaterThan(1000);
  expect(totals.breaks).toBeGreaterThan(500);
});

function complaint(bug: PlantedBug | undefined, seeds: number): Promise<string | undefined> {
  return withPlantedBug(['server/src'], bug, async ({ load }) => {
    const subject: GenesisSubject = {
      ...(await load<Pick<GenesisSubject, 'Bootstrap'>>('server/src/replica/membership/bootstrap.ts')),
      ...(await load<Pick<GenesisSubject, 'Links'>>('server/src/replica/peers/links.ts')),
    };
    return runGenesis(subject, 1, seeds).then(
      () => undefined,
      (error: Error) => error.message,
    );
  });
}

test('the copied sources pass without a bug', async () => {
  expect(await complaint(undefined, 20)).toBeUndefined();
});

test.each(GENESIS_BUGS)('the runs notice that $name', async (bug) => {
  expect(await complaint(bug, SEEDS)).toMatch(/genesis, seed \d+:/);
});
