import type { Configuration, Entry, HardState, SnapshotMeta, TermRun } from 'raft-ts-lite';
import type { StorageError } from './storage-error.ts';

/** Who this member is. Written once; data of another cluster or server id is refused by the caller, which compares. */
export interface MemberIdentity {
  /** At most 64 bytes of UTF-8. */
  readonly clusterId: string;
  /** ZooKeeper's myid, or the ordinal + 1. */
  readonly serverId: number;
  readonly raftId: number;
  /** The cluster's session secret, 32 bytes. */
  readonly secret: Uint8Array;
  /** The log begins after `genesis.index`. */
  readonly genesis: Configuration;
}

/** What `Storage.open` found. */
export interface Recovered {
  /** Undefined on an empty disk. */
  readonly identity: MemberIdentity | undefined;
  /** Term 0 and vote 0 where none was written. */
  readonly hardState: HardState;
  readonly snapshot: StoredSnapshot | undefined;
  /** Lowest index that `readEntries` can give; lastIndex + 1 where the log is empty. */
  readonly firstIndex: number;
  /** The term of the entry at firstIndex - 1; 0 for genesis. */
  readonly previousTerm: number;
  /** Terms of the entries from firstIndex on, where each begins, ascending. */
  readonly termRuns: readonly TermRun[];
  /** The last entry's; the snapshot's, or genesis', where none follows it. */
  readonly lastIndex: number;
  /** Of the entries after the snapshot (after genesis where there is none) those that hold a configuration. `readEntries` gives all. */
  readonly configurations: readonly Entry[];
  /** The log's tail was damaged, now or earlier, and no leader has made it good since. */
  readonly suspect: boolean;
  /** How many times this data folder was opened, this time included: durable before `open` resolves. */
  readonly boots: number;
  /** The forced recovery by which its ensemble went on without this member, as this one was told; absent: none. */
  readonly formerSince?: number;
  /** What was found amiss and dealt with, in words for the log. */
  readonly remarks: readonly string[];
}

/** A snapshot on disk, complete and verified when it was written or opened. */
export interface StoredSnapshot {
  readonly meta: SnapshotMeta;
  /** The state's digest that the writer gave. */
  readonly digest: string;
  /** The writer's chunks, in order. Throws StorageError `damaged` or `failed`. */
  read(): AsyncIterable<Uint8Array>;
}

export interface SnapshotWriter {
  /** One at a time. The chunk belongs to storage until it resolves. Rejects with `full` where the disk is full: then call `abort`. */
  write(chunk: Uint8Array): Promise<void>;
  /** All chunks are written: syncs them. `finish` does it where it was not done. */
  seal(): Promise<void>;
  /** Makes the snapshot durable and the newest one, and purges what is no longer needed. */
  finish(): Promise<void>;
  abort(): Promise<void>;
}

export type EntriesAnswer =
  | { readonly compacted: false; readonly entries: readonly Entry[] }
  /** `damage`: the log holds them, and they do not verify any more; the newest snapshot makes them unnecessary. */
  | { readonly compacted: true; readonly damage?: StorageError };

export interface SnapshotPiece {
  readonly data: Uint8Array;
  /** This piece reaches the snapshot's end. */
  readonly done: boolean;
}
