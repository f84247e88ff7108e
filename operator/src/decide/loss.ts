import type { MemberStanding, Observed, ObservedPod } from '../model/observed.ts';
import { majorityOf } from './quorum.ts';

/** So many voters have an empty disk that those with data can never be a majority again. */
export interface Loss {
  /** Voters in all. */
  readonly voters: number;
  /** The pods of those that have lost their data, in the order of their ordinals. */
  readonly emptied: readonly string[];
}

/** Its member runs, upon an empty disk. */
export function isBlank({ report }: Pick<ObservedPod, 'report'>): boolean {
  return report.kind === 'answer' && report.answer.role === 'joining' && report.answer.raftId === 0;
}

/** @param expected members of a cluster that has begun; 0: it has not */
export function lossOf(
  pods: Observed['pods'],
  voters: readonly MemberStanding[],
  expected: number,
): Loss | undefined {
  const emptied = pods.filter(isBlank);
  if (voters.length === 0) {
    // Nobody is left who knows the voters.
    return expected > 0 && emptied.length === expected
      ? { voters: expected, emptied: emptied.map(({ name }) => name) }
      : undefined;
  }
  const ofVoters = emptied.filter(({ ordinal }) => voters.some(({ serverId }) => serverId === ordinal + 1));
  return voters.length - ofVoters.length < majorityOf(voters.length)
    ? { voters: voters.length, emptied: ofVoters.map(({ name }) => name) }
    : undefined;
}
