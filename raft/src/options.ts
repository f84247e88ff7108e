import { InvalidOption } from './errors.ts';
import type { Entry, HardState, NodeId, SnapshotMeta } from './types.ts';

/** Consecutive entries of one term, from `firstIndex` to the next run. */
export interface TermRun {
  readonly firstIndex: number;
  readonly term: number;
}

/** Entries that storage holds after the snapshot and that are not given to Raft: it asks for them by EntriesReads where it needs them. */
export interface StoredEntries {
  /** Index of the last of them. */
  readonly last: number;
  /** Where a new term begins among them, ascending; up to there the snapshot's goes on. */
  readonly terms: readonly TermRun[];
  /** Those of them that hold a configuration, in order. */
  readonly configurations: readonly Entry[];
}

export interface RaftOptions {
  readonly id: NodeId;
  /** Of the random election timeouts; give each member and each start another one. */
  readonly seed: number;
  /** Silence after which an election begins: drawn from [electionTicks, 2 * electionTicks). */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** Upper bound of the random stagger before the pre-vote that a broken link to the leader starts. */
  readonly linkDownTicks: number;
  /** Of the entries of one append; a single larger entry still goes alone. */
  readonly maxMessageBytes: number;
  /** Appends under way to one follower. */
  readonly maxInflightMessages: number;
  /** With so many bytes under way to a follower it is sent no further append. */
  readonly maxInflightBytes: number;
  /** A leader with this much uncommitted, or not durable on its own disk, refuses proposals. */
  readonly maxUncommittedBytes: number;
  /** Entries kept in memory although they are applied and durable. */
  readonly maxLogBytes: number;
  /** How much of a snapshot the program sends at once; a larger piece is refused on arrival. */
  readonly snapshotChunkBytes: number;
  readonly hardState: HardState;
  /**
   * The newest snapshot, or the genesis state: with n initial members that is index n, term 0 and the configuration
   * with index n. A member that joins with an empty disk gives `blankSnapshot`.
   */
  readonly snapshot: SnapshotMeta;
  /** Entries after the snapshot that stay in storage, so that a start needs memory for none of them; absent: none do. */
  readonly stored?: StoredEntries;
  /** All entries after the snapshot and the stored ones, in order. */
  readonly entries: readonly Entry[];
  /**
   * Terms of the entries at or below the snapshot that storage still holds, so that lagging followers need no snapshot.
   * The first run begins at the entry before the first that can be read.
   */
  readonly olderTerms?: readonly TermRun[];
  /**
   * Storage found a damaged tail of the log and marked the member durably. The hard state must be whole all the same (kept
   * apart from that tail, or twice): a forgotten vote or term cannot be made good by what other members know.
   */
  readonly suspect: boolean;
}

const positive = [
  'id',
  'electionTicks',
  'heartbeatTicks',
  'linkDownTicks',
  'maxMessageBytes',
  'maxInflightMessages',
  'maxInflightBytes',
  'maxUncommittedBytes',
  'snapshotChunkBytes',
] as const satisfies readonly (keyof RaftOptions)[];

/** @throws InvalidOption */
export function checkOptions(options: RaftOptions): void {
  for (const name of positive) {
    if (!Number.isSafeInteger(options[name]) || options[name] <= 0)
      throw new InvalidOption(name, 'a positive whole number');
  }
  if (!Number.isSafeInteger(options.maxLogBytes) || options.maxLogBytes < 0)
    throw new InvalidOption('maxLogBytes', 'a whole number, not negative');
  if (options.heartbeatTicks * 2 > options.electionTicks)
    throw new InvalidOption('heartbeatTicks', 'at most half of electionTicks');
  if (options.linkDownTicks > options.electionTicks)
    throw new InvalidOption('linkDownTicks', 'at most electionTicks');
}
