import type { Replica } from '../../src/replica/replica.ts';
import { ReplicaWorld } from './replica-world.ts';

const STEPS = 600;

/** Runs `count` seeds from `first` on and adds up what happened; throws at the first one that breaks a rule, with its number. */
export async function runReplicas(
  subject: typeof Replica,
  first: number,
  count: number,
): Promise<ReplicaWorld['totals']> {
  const totals = { requests: 0, applied: 0, abandoned: 0, elections: 0, breaks: 0, crashes: 0 };
  for (let seed = first; seed < first + count; seed++) {
    const world = new ReplicaWorld(seed, subject);
    try {
      await world.run(STEPS);
    } catch (error) {
      throw new Error(
        `requests, seed ${seed}: ${(error as Error).message}\n${world.trace.slice(-40).join('\n')}`,
        { cause: error },
      );
    }
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += world.totals[key];
  }
  return totals;
}
