import { expect, test } from 'vitest';
import { Bootstrap } from '../../../src/replica/membership/bootstrap.ts';
import { Links } from '../../../src/replica/peers/links.ts';
import { type PlantedBug, withPlanted } from '../plant.ts';
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
  return withPlanted(bug, async (load) => {
    const subject = {
      Bootstrap: (await load('replica/membership/bootstrap.ts')).Bootstrap,
      Links: (await load('replica/peers/links.ts')).Links,
    } as GenesisSubject;
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
