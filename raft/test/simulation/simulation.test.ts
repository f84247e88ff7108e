import { expect, test } from 'vitest';
import { replayCommands, runSeeds } from './seeds.ts';
import { printTotals, type Totals } from './totals.ts';

/** RAFT_SEEDS and RAFT_FIRST_SEED widen or move the search. */
const count = Number(process.env.RAFT_SEEDS ?? 1_000);
const first = Number(process.env.RAFT_FIRST_SEED ?? 1);

test(`${count} simulated clusters keep every safety property under faults and recover when these stop`, {
  timeout: 1_000 * Math.max(600, count),
}, async () => {
  const outcome = await runSeeds({ first, count, maxFailures: 5 });
  expect(outcome.failures, replayCommands(outcome)).toEqual([]);
  const { totals } = outcome;
  console.log(`raft simulation, seeds ${first} to ${first + count - 1}:\n${printTotals(totals)}`);
  for (const [name, total] of Object.entries(totals)) expect(total, name).toBeGreaterThan(0);
  expect(totals.simulatedSeconds).toBeGreaterThanOrEqual(30 * count);
  expect(totals.faults).toBeGreaterThanOrEqual(3 * count);
});

test('one seed gives the same run every time', async () => {
  const range = { first, count: 1, maxFailures: 1 };
  const totals: Totals[] = [(await runSeeds(range)).totals, (await runSeeds(range)).totals];
  expect(totals[0]).toEqual(totals[1]);
});
