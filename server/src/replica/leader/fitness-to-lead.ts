import { Fitness, type Raft } from 'raft-ts-lite';

/** Leadership goes to a member that stays, and has room on its disk. */
export function fitnessToLead(
  isDraining: boolean,
  isShortOfSpace: boolean,
): Parameters<Raft['declareFitness']>[0] {
  if (isDraining) return Fitness.leaving;
  return isShortOfSpace ? Fitness.short : Fitness.able;
}
