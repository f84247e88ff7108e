import type { RaftOptions, SnapshotMeta } from 'raft-ts-lite';
import type { Recovered } from '../storage/recovered.ts';

/** All entries stay in storage: Raft asks for those that it needs, so that a log of any length is replayed in the same memory. */
export function recoveredLog(
  { firstIndex, previousTerm, termRuns, lastIndex, configurations }: Recovered,
  base: SnapshotMeta,
): Pick<RaftOptions, 'entries' | 'olderTerms' | 'stored'> {
  const runs = [{ firstIndex: firstIndex - 1, term: previousTerm }, ...termRuns];
  return {
    entries: [],
    olderTerms: runs.filter((run) => run.firstIndex <= base.index),
    stored: {
      last: Math.max(lastIndex, base.index),
      terms: runs.filter((run) => run.firstIndex > base.index),
      configurations,
    },
  };
}
