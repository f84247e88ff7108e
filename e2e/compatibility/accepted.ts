import type { Difference } from './compare.ts';

/** A difference that is meant. It has to be there, exactly so: one that is gone has to be taken off the list. */
export interface Accepted extends Omit<Difference, 'where'> {
  /** The scenario's name; it differs in the same way at every member. */
  readonly scenario: string;
  readonly reason: string;
}

export const accepted: readonly Accepted[] = [];
