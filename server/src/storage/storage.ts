import type { SnapshotMeta, Write } from 'raft-ts-lite';
import type { Disk } from './disk.ts';
import type {
  EntriesAnswer,
  Identity,
  Recovered,
  SnapshotPiece,
  SnapshotWriter,
  StoredSnapshot,
} from './recovered.ts';
import { StorageError } from './storage-error.ts';

export interface StorageOptions {
  /** Size of a log segment; preallocated. */
  readonly segmentBytes: number;
  /** Snapshots kept, the newest among them; the log is kept back to the oldest of them. */
  readonly snapRetainCount: number;
  /** A second disk for the log alone (dataLogDir). */
  readonly logDisk?: Disk;
}

export interface StorageMetrics {
  readonly bytesWritten: number;
  readonly syncs: number;
  readonly lastSyncMs: number;
  readonly maxSyncMs: number;
  readonly freeBytes: number;
  readonly logSegments: number;
  readonly snapshots: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
}

const unbuilt = (): never => {
  throw new StorageError('closed', 'not built yet');
};

export abstract class Storage {
  /** Rejects with StorageError: locked, damaged, unknown-format, failed, full. */
  static open(
    _disk: Disk,
    _options: StorageOptions,
  ): Promise<{ readonly storage: Storage; readonly recovered: Recovered }> {
    return unbuilt();
  }
  /** Once, on an empty disk, before the first `persist`. */
  abstract writeIdentity(identity: Identity): Promise<void>;
  /**
   * One at a time. `done` may be called before `persist` returns. With error `full` nothing was made durable and the same Write may be
   * passed again later; with any other error storage has failed for good.
   */
  abstract persist(write: Write, done: (error?: StorageError) => void): void;
  /** Durable entries from `from` on: at least one where there is one, else as many as fit into `maxBytes`. */
  abstract readEntries(from: number, maxBytes: number): Promise<EntriesAnswer>;
  abstract createSnapshot(meta: SnapshotMeta, digest: string): Promise<SnapshotWriter>;
  abstract newestSnapshot(): SnapshotMeta | undefined;
  /** For `read()` and the digest, also of a received snapshot after the `persist` that installed it. */
  abstract openSnapshot(index: number): Promise<StoredSnapshot | undefined>;
  /** A piece of the snapshot's file, for the network; undefined where it is no longer kept. */
  abstract readSnapshotChunk(
    index: number,
    offset: number,
    maxBytes: number,
  ): Promise<SnapshotPiece | undefined>;
  /**
   * A piece from the network. Offset 0 begins anew; a piece already held is ignored; one that leaves a gap rejects with `snapshot-gap`.
   * With `done` the whole is synced and verified (`snapshot-damaged` throws it away); it counts once `persist` installs it.
   */
  abstract receiveSnapshotChunk(
    meta: SnapshotMeta,
    offset: number,
    data: Uint8Array,
    done: boolean,
  ): Promise<void>;
  /** Moves all data but the boot counter into numbered folders; storage is closed afterwards and starts empty when opened again. */
  abstract setAside(): Promise<void>;
  abstract close(): Promise<void>;
  /** Less is free than the reserve (two segments and one snapshot): propose only what frees or moves. As of the last look. */
  abstract spaceLow(): boolean;
  /** Looks again how much is free. */
  abstract refreshSpace(): Promise<boolean>;
  abstract metrics(): StorageMetrics;
}
