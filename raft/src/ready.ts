/** What Raft hands to the program around it, and what it answers to its calls. */
import type { Message } from './messages.ts';
import type { ProgressState } from './progress.ts';
import type { Entry, Fitness, HardState, NodeId, SnapshotMeta } from './types.ts';

/**
 * One durable step. The program appends and syncs all of it, in this order: snapshot, hard state, entries; then calls
 * `Raft.persisted(write)`. At most one Write is outstanding: the next one gathers meanwhile.
 */
export interface Write {
  /** A wholly received snapshot (its bytes came by `snapshotWrites`) that replaces log and state machine. */
  readonly snapshot: SnapshotMeta | undefined;
  readonly hardState: HardState | undefined;
  /** Consecutive. Where the first index is at or below the log's last one, everything from it on is replaced (truncated) durably. */
  readonly entries: readonly Entry[];
  /** The member's suspicion of its own log ended: clear the durable mark together with this write. */
  readonly clearSuspect: boolean;
}

/**
 * Entries are needed that are in storage only: by a follower that is behind, or, with this member's own id in `to`, to be applied here
 * (after a start). Answer with `Raft.entriesRead`.
 */
export interface EntriesRead {
  readonly to: NodeId;
  /** First index wanted. */
  readonly from: number;
  readonly maxBytes: number;
}

/** The leader needs a piece of its newest snapshot: answer with `Raft.snapshotRead`. */
export interface SnapshotRead {
  readonly to: NodeId;
  /** 0 where the transfer begins (the program picks its newest snapshot), else the snapshot under way. */
  readonly index: number;
  readonly offset: number;
}

/** A follower received a piece of a snapshot: write it aside, then call `Raft.snapshotWritten`. At most one is outstanding. */
export interface SnapshotWrite {
  readonly snapshot: SnapshotMeta;
  readonly offset: number;
  readonly data: Uint8Array;
  readonly done: boolean;
}

/** The state machine may answer the read registered as `token` once it has applied `index`. index -1: refused, ask again. */
export interface ReadState {
  readonly token: number;
  readonly index: number;
}

export interface Ready {
  /** To send now, in order; whatever they promise is durable already. */
  readonly messages: readonly Message[];
  readonly write: Write | undefined;
  /**
   * To apply, in order. They are committed (durable on a majority), which does not mean that they are durable here yet. After an
   * installed snapshot only entries above it follow.
   */
  readonly committed: readonly Entry[];
  readonly readStates: readonly ReadState[];
  readonly entriesReads: readonly EntriesRead[];
  readonly snapshotReads: readonly SnapshotRead[];
  readonly snapshotWrites: readonly SnapshotWrite[];
}

export type ProposeRefusal =
  | 'not-leader'
  /** A leadership transfer is under way: it ends within an election timeout. */
  | 'transferring'
  /** `maxUncommittedBytes` wait for a majority already, or for this leader's own disk. */
  | 'overloaded';

/** The entries of an accepted batch have consecutive indices from `firstIndex` on; accepted does not mean committed. */
export type ProposeResult =
  | { readonly firstIndex: number; readonly refused?: undefined }
  | { readonly refused: ProposeRefusal; readonly firstIndex?: undefined };

/** What to change; a member stands in at most one of the lists, but one that is promoted or demoted may be updated, too. */
export interface ConfigurationChange {
  /** Index of the configuration that the caller saw; another one in force refuses the change. */
  readonly expectedIndex: number;
  /** At most one: its id is the index of the entry that adds it. */
  readonly add?: readonly { readonly context: string; readonly role: 'voter' | 'learner' }[];
  readonly remove?: readonly NodeId[];
  /** Learners that become voters. */
  readonly promote?: readonly NodeId[];
  /** Voters that become learners. */
  readonly demote?: readonly NodeId[];
  /** New contexts (addresses, labels) of members that stay. */
  readonly update?: readonly { readonly id: NodeId; readonly context: string }[];
}

export type ConfigurationRefusal =
  | 'not-leader'
  | 'transferring'
  /** `expectedIndex` is not the configuration in force. */
  | 'stale-configuration'
  /** The previous change has not committed, or its joint consensus has not ended. */
  | 'change-in-flight'
  /** No entry of the leader's own term has committed yet (a later committed change could be unknown). Try again. */
  | 'term-not-committed'
  | 'unknown-member'
  /** Promotion of a voter, demotion of a learner, or one member in two lists that exclude each other. */
  | 'contradictory-change'
  | 'several-additions'
  | 'no-change'
  | 'no-voters'
  | 'too-many-members'
  /** The voters that have caught up would be no majority of the new configuration: it could not commit. */
  | 'no-quorum-of-caught-up-voters';

export type ConfigurationResult =
  | { readonly index: number; readonly added: NodeId | undefined; readonly refused?: undefined }
  | { readonly refused: ConfigurationRefusal; readonly index?: undefined; readonly added?: undefined };

export type TransferRefusal =
  | 'not-leader'
  | 'transferring'
  | 'no-such-voter'
  | 'not-connected'
  /** Its disk takes no writes. */
  | 'cannot-write';
/** undefined: begun. Whether it succeeded shows in `leader`; it is given up after an election timeout. */
export type TransferResult = TransferRefusal | undefined;

/** How far another member is, as its leader knows it. */
export interface PeerStatus {
  readonly id: NodeId;
  readonly state: ProgressState;
  /** Durable there up to this index. */
  readonly match: number;
  readonly next: number;
  readonly connected: boolean;
  readonly fitness: Fitness;
  /** Ticks since it was heard of. */
  readonly silentTicks: number;
}
