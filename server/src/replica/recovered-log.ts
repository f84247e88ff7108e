import { MAX_TERM, type RaftOptions, type SnapshotMeta } from 'raft-ts-lite';
import type { Recovered } from '../storage/recovered.ts';
import { JOIN_ANEW, UnusableData } from './unusable-data.ts';

/** All entries stay in storage: Raft asks for those that it needs, so that a log of any length is replayed in the same memory. Throws UnusableData. */
export function recoveredLog(
  { hardState, suspect, firstIndex, previousTerm, termRuns, lastIndex, configurations }: Recovered,
  base: SnapshotMeta,
): Pick<RaftOptions, 'hardState' | 'suspect' | 'entries' | 'olderTerms' | 'stored'> {
  if (hardState.term > MAX_TERM) {
    throw new UnusableData(
      `this member's data say that it is in term ${hardState.term}, which no elections lead to and no member believes: ${JOIN_ANEW}`,
    );
  }
  const runs = [{ firstIndex: firstIndex - 1, term: previousTerm }, ...termRuns];
  return {
    hardState,
    suspect,
    entries: [],
    olderTerms: runs.filter((run) => run.firstIndex <= base.index),
    stored: {
      last: Math.max(lastIndex, base.index),
      terms: runs.filter((run) => run.firstIndex > base.index),
      configurations,
    },
  };
}
