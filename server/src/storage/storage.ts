import type { SnapshotMeta, Write } from 'raft-ts-lite';
import type { Disk } from '../ports/disk.ts';
import { FailureLatch } from './failure-latch.ts';
import { folderBytes } from './folder-bytes.ts';
import { FreeSpaceMonitor, Room, type Snapshotted } from './free-space-monitor.ts';
import { HistoryShelf } from './history/history-shelf.ts';
import type { Log, PersistDone } from './log/log.ts';
import { readEntries } from './log/log-reader.ts';
import { LOG_FOLDER } from './log/segment-file.ts';
import { MEMBER_FOLDER, raiseBoots } from './member/identity-file.ts';
import { createMember } from './member/new-member.ts';
import { beginSettingAside } from './member/set-aside.ts';
import { type Opened, openData } from './opening.ts';
import type {
  EntriesAnswer,
  MemberIdentity,
  Recovered,
  SnapshotPiece,
  SnapshotWriter,
  StoredSnapshot,
} from './recovered.ts';
import { SnapshotReceiver } from './snapshot/snapshot-receiver.ts';
import { SnapshotRoom } from './snapshot/snapshot-room.ts';
import { type SnapshotShelf, snapshotName } from './snapshot/snapshot-shelf.ts';
import { SnapshotFile } from './snapshot/snapshot-writer.ts';
import { diskFailed, StorageError, StorageInvariantViolation } from './storage-error.ts';
import type { StorageMetrics } from './storage-metrics.ts';
import type { StorageOptions } from './storage-options.ts';

const nothing: ReadonlySet<number> = new Set();

/**
 * A member's durable state. The data folder:
 *
 *     boots                            how often it was opened
 *     member/identity                  who this member is, of which cluster; member/former: it must not go on (former-mark.ts)
 *     member/vote                      term and vote, and the number of the newest segment
 *     member/snapshot-<index>-<term>   complete snapshots
 *     log/log-<sequence>-<first index> segments; the last one is appended to
 *     history/                         what is kept for questions about the past (history-shelf.ts)
 *
 * After the first failed write or sync every call fails with that same error: see StorageErrorCode.
 */
export class Storage {
  readonly #disk: Disk;
  readonly #logDisk: Disk;
  readonly #options: StorageOptions;
  readonly #shelf: SnapshotShelf;
  readonly #space: FreeSpaceMonitor;
  readonly #snapshotRoom: SnapshotRoom;
  readonly #segmentBytes: number;
  readonly #history: HistoryShelf | undefined;
  #log: Log | undefined;
  #receiver: SnapshotReceiver | undefined;
  readonly #latch = new FailureLatch();
  /** The Write under way, and who waits for it to end. */
  #persistDone: PersistDone | undefined;
  #persistEnded: (() => void) | undefined;
  #snapshotWork: Promise<void> = Promise.resolve();
  /** There is what no longer serves: `purgeNow` said not yet. */
  #purgeWithheld = false;
  #keptSnapshots: ReadonlySet<number> = nothing;
  /** One after the other: what changes the set of files. */
  #maintenance: Promise<void> = Promise.resolve();
  #receiving: Promise<void> = Promise.resolve();
  /** Segments of the log at the last look at the free space. */
  #segmentsSeen = 0;

  constructor(disk: Disk, options: StorageOptions, { shelf, log, segmentBytes }: Opened) {
    this.#disk = disk;
    this.#logDisk = options.logDisk ?? disk;
    this.#options = options;
    this.#shelf = shelf;
    this.#space = new FreeSpaceMonitor(this.#disk, this.#logDisk, segmentBytes);
    this.#snapshotRoom = new SnapshotRoom(this.#disk, this.#logDisk, segmentBytes);
    this.#segmentBytes = segmentBytes;
    const { history } = options;
    this.#history = history && new HistoryShelf(disk, this.#logDisk, history);
    this.#log = log;
    log?.growAfter(this.#snapshotRoom.waitFor);
  }

  /** Rejects with StorageError: locked, damaged, unknown-format, failed; full, after which it may be called again. */
  static async open(
    disk: Disk,
    options: StorageOptions,
  ): Promise<{ readonly storage: Storage; readonly recovered: Recovered }> {
    const opened = await openData(disk, options.logDisk ?? disk, options.segmentBytes);
    const { recovered, shelf } = opened;
    const storage = new Storage(disk, options, opened);
    if (recovered.identity !== undefined) {
      storage.#receiver = new SnapshotReceiver(disk, shelf, recovered.identity.clusterId);
    }
    try {
      await storage.refreshSpace();
    } catch (error) {
      await storage.close();
      throw error;
    }
    return { storage, recovered };
  }

  /** Once, on an empty disk, before the first `persist`. Rejects with `full` where there is no room yet: it may be called again. */
  async writeIdentity(identity: MemberIdentity): Promise<void> {
    if (this.#log !== undefined)
      throw new StorageInvariantViolation('this data folder has an identity already');
    const log = await this.#latch.guard('writing the identity', () =>
      createMember(this.#disk, this.#logDisk, identity, this.#segmentBytes),
    );
    this.#log = log;
    log.growAfter(this.#snapshotRoom.waitFor);
    this.#receiver = new SnapshotReceiver(this.#disk, this.#shelf, identity.clusterId);
  }

  /**
   * One at a time. `done` may be called before `persist` returns. With error `full` at most term and vote were made durable and the same
   * Write may be passed again later; with any other error storage has failed for good.
   */
  persist(write: Write, done: PersistDone): void {
    if (this.#latch.refusal !== undefined) {
      done(this.#latch.refusal);
      return;
    }
    const log = this.#requireLog();
    if (this.#persistDone !== undefined) {
      throw new StorageInvariantViolation('a Write came while another is under way');
    }
    log.check(write);
    this.#shelf.refuseCutOfCommitted(write, log.state.lastIndex);
    this.#persistDone = done;
    if (write.snapshot === undefined) log.append(write, this.#persisted);
    else this.#installThenAppend(write, write.snapshot, log);
  }

  /**
   * Durable entries from `from` on: at least one where there is one, else as many as fit into `maxBytes` of data. Rejects with `full` where
   * there is no file descriptor.
   */
  readEntries(from: number, maxBytes: number): Promise<EntriesAnswer> {
    const log = this.#requireLog();
    return this.#latch.guard('reading the log', async () => {
      try {
        return await readEntries(this.#logDisk, log, from, maxBytes);
      } catch (error) {
        const isDamaged = error instanceof StorageError && error.code === 'damaged';
        // What the newest snapshot holds can be spared.
        if (!isDamaged || from > (this.#shelf.newest?.index ?? 0)) throw error;
        this.#maintenance = this.#maintenance.then(() => this.#dropBehindSnapshot()).catch(() => undefined);
        return { compacted: true, damage: error };
      }
    });
  }

  /** One at a time. Rejects with `full` where there is no room. */
  async createSnapshot(meta: SnapshotMeta, digest: string): Promise<SnapshotWriter> {
    const { clusterId } = this.#requireLog();
    if (this.#snapshotRoom.file !== undefined)
      throw new StorageInvariantViolation('a snapshot is being written already');
    const file = await this.#latch.guard('a snapshot', () =>
      SnapshotFile.create(this.#disk, meta, clusterId, digest),
    );
    this.#snapshotRoom.expect(file, this.#space.snapshotBytes(this.#shelf.newestBytes));
    return {
      write: (chunk) => this.#workOnSnapshot(() => file.write(chunk)),
      seal: () => this.#workOnSnapshot(async () => void (await file.complete())),
      finish: () => this.#workOnSnapshot(() => this.#finishSnapshot(file)),
      abort: () => this.#workOnSnapshot(() => this.#discardSnapshot(file)),
    };
  }

  newestSnapshot(): SnapshotMeta | undefined {
    return this.#shelf.newest;
  }

  /**
   * Snapshots of these indices, and the log behind them, are on their way to other members: they stay beyond their number, unless room is
   * scarce. Then their receivers begin again with the newest one.
   */
  keepSnapshots(indices: ReadonlySet<number>): void {
    this.#keptSnapshots = indices;
  }

  /** For `read()` and the digest, also of a received snapshot after the `persist` that installed it. */
  openSnapshot(index: number): Promise<StoredSnapshot | undefined> {
    return this.#latch.guard('reading a snapshot', () => this.#shelf.openSnapshot(index));
  }

  /** A piece of the snapshot's file, for the network; undefined where it is no longer kept. */
  readSnapshotChunk(index: number, offset: number, maxBytes: number): Promise<SnapshotPiece | undefined> {
    return this.#latch.guard('reading a snapshot', () => this.#shelf.readPiece(index, offset, maxBytes));
  }

  /**
   * A piece from the network. Offset 0 begins anew; a piece already held is ignored; one that leaves a gap rejects with `snapshot-gap`.
   * With `done` the whole is synced and verified (`snapshot-damaged` throws it away); it counts once `persist` installs it.
   */
  receiveSnapshotChunk(meta: SnapshotMeta, offset: number, data: Uint8Array, done: boolean): Promise<void> {
    this.#requireLog();
    const receiver = this.#receiver!;
    const received = this.#receiving.then(() =>
      this.#latch.guard('receiving a snapshot', () => receiver.receive(meta, offset, data, done)),
    );
    this.#receiving = received.catch(() => undefined);
    return received;
  }

  /** Counts one more opening of the data folder, durably: this life has used the numbers of the former one. */
  reserveBoot(): Promise<number> {
    return this.#latch.guard('counting an opening', () => raiseBoots(this.#disk));
  }

  /** Moves all data but the boot counter into numbered folders; closed then, it starts empty when opened again. After a shortage: call it again. */
  async setAside(): Promise<void> {
    if (this.#latch.refusal?.code !== 'closed') await this.#stop();
    await beginSettingAside(this.#disk, this.#logDisk);
    await this.#closeDisks();
  }

  async close(): Promise<void> {
    await this.#stop();
    await this.#closeDisks();
  }

  /** Less is free than the reserve (two segments and one snapshot), as of the last look. */
  readonly spaceLow = (): boolean => this.#space.isLow;

  /** As of the last look. */
  get room(): Room {
    return this.#space.room;
  }

  /** From now on room is kept for a snapshot of this state, as it is at each look. */
  keepRoomFor(state: Snapshotted, looked: () => void): void {
    this.#space.keepRoomFor(state, looked);
  }

  /** Looks again how much is free, and gives back what is kept beyond need where it is little. Resolves to `spaceLow()`. */
  async refreshSpace(): Promise<boolean> {
    await this.measureSpace();
    const isKeepingMore = this.#purgeWithheld || this.#shelf.count > 1 || this.#history?.isEmpty === false;
    if (this.#space.isLow && isKeepingMore) await this.#maintain();
    return this.#space.isLow;
  }

  /** As `refreshSpace`, and gives nothing back. */
  async measureSpace(): Promise<void> {
    await this.#latch.guard('looking for free space', () => this.#space.refresh(this.#shelf.newestBytes));
  }

  /** Whether a snapshot of so many bytes would fit, as of the last look. */
  hasRoomForSnapshot(bytes: number): boolean {
    return this.#space.snapshotFreeBytes >= bytes;
  }

  /** Whether a snapshot now would give back enough more than it takes: sealed segments that it makes unnecessary, and the newest one. */
  wouldMakeRoom(stateBytes: number): boolean {
    const sealedBytes = Math.max(0, (this.#log?.segmentCount ?? 0) - 1) * this.#segmentBytes;
    return this.#space.isWorth(stateBytes, sealedBytes + this.#shelf.newestBytes);
  }

  metrics(): StorageMetrics {
    const [stats, logStats] = [this.#disk.stats, this.#logDisk.stats];
    const isOne = this.#logDisk === this.#disk;
    return {
      bytesWritten: stats.bytesWritten + (isOne ? 0 : logStats.bytesWritten),
      syncs: stats.syncs + (isOne ? 0 : logStats.syncs),
      lastSyncMs: logStats.lastSyncMs,
      maxSyncMs: logStats.maxSyncMs,
      freeBytes: this.#space.freeBytes,
      nearest: this.#space.nearest,
      logSegments: this.#log?.segmentCount ?? 0,
      snapshots: this.#shelf.count,
      firstIndex: this.#log?.state.firstIndex ?? 1,
      lastIndex: this.#log?.state.lastIndex ?? 0,
    };
  }

  /** What lies on the disks, in bytes: snapshots, vote and identity; and the log. */
  async measure(): Promise<{ dataBytes: number; logBytes: number }> {
    const dataBytes = await folderBytes(this.#disk, MEMBER_FOLDER);
    const logBytes = await folderBytes(this.#logDisk, LOG_FOLDER);
    return { dataBytes, logBytes: logBytes + (this.#history?.bytes ?? 0) };
  }

  readonly #persisted = (error?: StorageError): void => {
    const done = this.#persistDone!;
    this.#persistDone = undefined;
    if (error !== undefined) this.#latch.note(error);
    else this.#noticeRoll();
    this.#persistEnded?.();
    done(this.#latch.failure ?? error);
  };

  /** A segment more may be the one after which room is short: whoever waits for the next look would fill the disk meanwhile. */
  #noticeRoll(): void {
    const { segmentCount } = this.#requireLog();
    if (segmentCount > this.#segmentsSeen) this.refreshSpace().catch(() => undefined);
    this.#segmentsSeen = segmentCount;
  }

  #installThenAppend(write: Write, meta: SnapshotMeta, log: Log): void {
    this.#receiving
      .then(() => this.#receiver!.install(meta))
      .then(
        (isInstalled) => {
          if (!isInstalled)
            throw new StorageInvariantViolation(`snapshot ${meta.index} was not received as a whole`);
          log.append(write, this.#installed);
        },
        (error: unknown) => this.#persisted(diskFailed('installing a snapshot', snapshotName(meta), error)),
      );
  }

  readonly #installed = (error?: StorageError): void => {
    if (error === undefined) this.#maintain().catch(() => undefined);
    this.#persisted(error);
  };

  #workOnSnapshot(work: () => Promise<void>): Promise<void> {
    const done = this.#latch.guard('writing a snapshot', work);
    this.#snapshotWork = done.then(this.#snapshotRoom.noteProgress, this.#snapshotRoom.noteProgress);
    return done;
  }

  async #finishSnapshot(file: SnapshotFile): Promise<void> {
    const { header, sizeBytes } = await file.complete();
    this.#snapshotRoom.file = undefined;
    if (header.meta.index < (this.#shelf.newest?.index ?? 0)) {
      await file.discard();
      return;
    }
    await this.#shelf.adopt(file.name, header, sizeBytes);
    await this.#maintain();
  }

  async #discardSnapshot(file: SnapshotFile): Promise<void> {
    if (this.#snapshotRoom.file === file) this.#snapshotRoom.file = undefined;
    await file.discard();
  }

  /** Removes what no longer serves, then looks how much room there is. */
  #maintain(): Promise<void> {
    const log = this.#requireLog();
    const done = this.#maintenance.then(() =>
      this.#latch.guard('purging', async () => {
        await this.#space.refresh(this.#shelf.newestBytes);
        const { snapRetainCount, purgeNow } = this.#options;
        this.#purgeWithheld = !this.#space.isLow && purgeNow !== undefined && !purgeNow();
        if (this.#purgeWithheld) return;
        const count = this.room === Room.ample ? snapRetainCount : 1;
        const kept = this.#space.isLow ? nothing : this.#keptSnapshots;
        const history = this.#history;
        await history?.open();
        await history?.giveWay(this.spaceLow, () => this.#space.refresh(this.#shelf.newestBytes));
        const past = this.#space.isLow ? undefined : history;
        const oldest = await this.#shelf.purge(count, log.state.firstIndex, kept, past?.takeSnapshot);
        await log.purge(oldest, past?.takeSegment);
        await past?.trim();
        await this.#space.refresh(this.#shelf.newestBytes);
      }),
    );
    this.#maintenance = done.catch(() => undefined);
    return done;
  }

  /** Of the log and the snapshots nothing is kept that the newest snapshot makes unnecessary: a start would stop at the damage in it. */
  async #dropBehindSnapshot(): Promise<void> {
    const log = this.#requireLog();
    await this.#latch.guard('purging', async () => {
      await log.purge(await this.#shelf.purge(1, log.state.firstIndex, nothing));
    });
  }

  #requireLog(): Log {
    if (this.#log === undefined)
      throw new StorageInvariantViolation('an empty data folder gets an identity first');
    return this.#log;
  }

  async #stop(): Promise<void> {
    this.#latch.close();
    this.#snapshotRoom.close();
    if (this.#persistDone !== undefined) {
      await new Promise<void>((resolve) => {
        this.#persistEnded = resolve;
      });
    }
    await this.#snapshotWork;
    await this.#snapshotRoom.file?.close();
    await this.#maintenance;
    await this.#receiving;
    await this.#receiver?.close();
    await this.#log?.close();
  }

  async #closeDisks(): Promise<void> {
    await this.#disk.close();
    if (this.#logDisk !== this.#disk) await this.#logDisk.close();
  }
}
