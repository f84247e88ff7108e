import type { Message } from './messages.ts';
import type { Entry, HardState, NodeId, SnapshotMeta } from './types.ts';

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
