import { expect, test } from 'vitest';
import { runCrowd } from './crowd-run.ts';
import { runDigests } from './digest-run.ts';
import { withPlanted } from './plant.ts';
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

test('the copied sources pass without a bug', async () => {
  expect(await withPlanted(undefined, firstComplaint)).toBeUndefined();
});

test.each(PLANTED_BUGS)('the random runs notice that $name', async (bug) => {
  expect(await withPlanted(bug, firstComplaint)).toBeDefined();
});
