import { type GenesisSubject, GenesisWorld } from './genesis-world.ts';

const STEPS = 600;

export interface GenesisTotals {
  elections: number;
  wipes: number;
  crashes: number;
  breaks: number;
}

/** Runs `count` seeds from `first` on; throws at the first one that breaks a rule, and names it. */
export async function runGenesis(
  subject: GenesisSubject,
  first: number,
  count: number,
): Promise<GenesisTotals> {
  const totals: GenesisTotals = { elections: 0, wipes: 0, crashes: 0, breaks: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const world = new GenesisWorld(seed, subject);
    try {
      await world.run(STEPS);
    } catch (error) {
      throw new Error(`genesis, seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    totals.elections += world.elections;
    totals.wipes += world.wipes;
    totals.crashes += world.crashes;
    totals.breaks += world.breaks;
  }
  return totals;
}
