import type { NodeId, Raft, SnapshotMeta, SnapshotRead, SnapshotWrite } from 'raft-ts-lite';
import { StorageErrorCode } from '../errors/error-codes.ts';
import type { Clock } from '../ports/clock.ts';
import { isOutOfDescriptors } from '../ports/disk.ts';
import type { Fatal } from '../ports/fatal.ts';
import type { Logger } from '../ports/logger.ts';
import { pause } from '../ports/pause.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { Room } from '../storage/free-space-monitor.ts';
import type { SnapshotWriter } from '../storage/recovered.ts';
import type { Storage } from '../storage/storage.ts';
import { isDiskFull, StorageError } from '../storage/storage-error.ts';
import { SentSnapshots } from './sent-snapshots.ts';
import type { StateMachine } from './state-machine.ts';
import { JOIN_ANEW, UnusableData } from './unusable-data.ts';

/** Bytes of the tree encoded between two turns of the loop: about a millisecond's work. */
const SLICE_BYTES = 128 * 1024;
/** Znodes put in their places between two turns while a snapshot is loaded. */
const NODES_PER_SLICE = 5_000;
/** How often a snapshot that is written looks whether the log has come as far. */
const DURABLE_POLL_MS = 20;

/** Of a state that was too large for the disk: with so much of it left a snapshot is tried again. A few deletions would make as many attempts. */
const MUCH_LESS = 0.75;
/** How long a snapshot that is to be taken or loaded waits for a file descriptor. */
const DESCRIPTOR_RETRY_MS = 500;

/** What snapshots need of the loop. */
export interface SnapshotHost {
  readonly raft: Raft;
  wake(): void;
}

interface Taking {
  readonly meta: SnapshotMeta;
  cancelled: boolean;
}

/** Takes snapshots in slices between turns, feeds them to members far behind, receives and loads them. */
export class Snapshots {
  readonly #storage: Storage;
  readonly #machine: StateMachine;
  readonly #everyEntries: number;
  readonly #everyBytes: number;
  readonly #chunkBytes: number;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #fatal: Fatal;
  readonly #sent = new SentSnapshots();
  #taking: Taking | undefined;
  /** The next snapshot is due at this index … */
  #dueAt = 0;
  /** … or once the machine has applied so many bytes, whichever comes first. */
  #dueAtBytes = 0;
  /** How things were when one failed for want of room: the next one is begun once more is free, or much less is to be written. */
  #lack: { readonly freeBytes: number; readonly stateBytes: number } | undefined;
  /** One failed for want of a descriptor a moment ago. */
  #isPausing = false;
  /** Since a snapshot had no room the log has said so. */
  #saidNoRoom = false;
  /** Why a piece that came was not taken; the log has said so. */
  #notTakenFor = '';
  taken = 0;
  installed = 0;
  /** Of the newest one that was taken here since the start: its nodes stand behind their parents, which those of older builds do not. 0: none was. */
  ownIndex = 0;
  /** When the newest one was taken, ms since 1970; of one that was there before the start, or came from another member, the time of its last command. */
  newestMs = -1;

  constructor(parts: {
    storage: Storage;
    machine: StateMachine;
    everyEntries: number;
    everyBytes: number;
    /** A piece on its way to another member. */
    chunkBytes: number;
    clock: Clock;
    scheduler: Scheduler;
    log: Logger;
    fatal: Fatal;
  }) {
    this.#storage = parts.storage;
    this.#machine = parts.machine;
    this.#everyEntries = parts.everyEntries;
    this.#everyBytes = parts.everyBytes;
    this.#chunkBytes = parts.chunkBytes;
    this.#clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#log = parts.log;
    this.#fatal = parts.fatal;
    this.#scheduleAfter(this.#storage.newestSnapshot()?.index ?? 0);
  }

  /** A snapshot costs what the tree holds: the log grows to about as much before the next one, or writing them would never end. */
  #scheduleAfter(index: number): void {
    const { tree, appliedBytes } = this.#machine;
    this.#dueAt = index + Math.max(this.#everyEntries, tree.nodeCount);
    this.#dueAtBytes = appliedBytes + Math.max(this.#everyBytes, tree.storedBytes);
  }

  get #isDue(): boolean {
    const { appliedIndex, appliedBytes } = this.#machine;
    return appliedIndex >= this.#dueAt || appliedBytes >= this.#dueAtBytes;
  }

  /** Begins a snapshot of what is applied now where one is due. */
  consider(host: SnapshotHost): void {
    if (this.#taking !== undefined || this.#machine.restore.isOpen) return;
    if (!(this.#isDue || this.#isRoomWanted)) return;
    if (this.#fits()) this.takeSnapshot(host);
  }

  /** The disk is short of room, and a snapshot now would make some. */
  get #isRoomWanted(): boolean {
    const storage = this.#storage;
    if (this.#isPausing || storage.room === Room.ample) return false;
    const { snapshotBytes } = this.#machine;
    const lack = this.#lack;
    if (
      lack !== undefined &&
      storage.metrics().freeBytes <= lack.freeBytes &&
      snapshotBytes > lack.stateBytes * MUCH_LESS
    )
      return false;
    return storage.wouldMakeRoom(snapshotBytes);
  }

  get isTaking(): boolean {
    return this.#taking !== undefined;
  }

  /** A snapshot that does not fit is not begun: what it wrote until then would be taken from what deletions need. */
  get hasRoom(): boolean {
    return this.#storage.hasRoomForSnapshot(this.#machine.snapshotBytes);
  }

  #fits(): boolean {
    const bytes = this.#machine.snapshotBytes;
    const { freeBytes } = this.#storage.metrics();
    const fits = this.hasRoom;
    if (!fits && !this.#saidNoRoom) {
      this.#log.warn(
        { bytes, freeBytes },
        'a snapshot is due and no room on the disk for it: it is taken once there is; delete nodes, or make room on the disk',
      );
    }
    this.#saidNoRoom = !fits;
    return fits;
  }

  /**
   * Takes one now, due or not, unless one is being taken, the state is in the middle of an entry, or a restore is open, whose tree it would lack (the
   * older one and the log behind it stay): whoever wants it asks again.
   */
  takeSnapshot(host: SnapshotHost): void {
    const { isAmid, restore } = this.#machine;
    if (this.#taking !== undefined || isAmid || restore.isOpen) return;
    const { appliedIndex, appliedTerm, configuration } = this.#machine;
    if (appliedIndex <= (this.#storage.newestSnapshot()?.index ?? 0)) return;
    const taking: Taking = {
      meta: { index: appliedIndex, term: appliedTerm, configuration },
      cancelled: false,
    };
    this.#taking = taking;
    this.#scheduleAfter(appliedIndex);
    this.#take(taking, host).then(
      () => {
        this.#taking = undefined;
      },
      (error: unknown) => {
        this.#taking = undefined;
        if (isDiskFull(error)) {
          if (isOutOfDescriptors(error.cause)) this.#pause();
          else this.#noteLack();
          this.#log.warn({ index: taking.meta.index }, `${error.message}; the next one is tried later`);
        } else this.#fatal(error as Error);
      },
    );
  }

  /** What is free says nothing of descriptors. */
  #pause(): void {
    this.#isPausing = true;
    pause(this.#scheduler, DESCRIPTOR_RETRY_MS).then(() => {
      this.#isPausing = false;
    });
  }

  /** The same attempt at once again would end the same, and take what it wrote until then from deletions. */
  #noteLack(): void {
    const storage = this.#storage;
    storage
      .measureSpace()
      .then(() => {
        // Before anything more is given back: with that the next attempt may do.
        this.#lack = { freeBytes: storage.metrics().freeBytes, stateBytes: this.#machine.snapshotBytes };
        return storage.refreshSpace();
      })
      .catch((error: Error) => {
        if (!isDiskFull(error)) this.#fatal(error);
      });
  }

  async #take(taking: Taking, host: SnapshotHost): Promise<void> {
    // The walk begins in this very turn, so that it shows the state at `meta.index` whatever is applied later.
    const walk = this.#machine.beginSnapshot();
    const digest = this.#machine.digest();
    let writer: SnapshotWriter | undefined;
    try {
      writer = await this.#storage.createSnapshot(taking.meta, digest);
      for (;;) {
        if (taking.cancelled) break;
        const chunk = walk.next(SLICE_BYTES);
        if (chunk === undefined) break;
        await writer.write(chunk);
        await this.#nextTurn();
      }
      if (!taking.cancelled) await writer.seal();
      // A snapshot never runs ahead of the durable log: after a crash the log begins where the snapshot ends.
      await this.#untilDurable(taking);
      if (taking.cancelled) {
        walk.abort();
        await writer.abort();
        return;
      }
      this.#keepSent(host);
      await writer.finish();
    } catch (error) {
      walk.abort();
      if (isDiskFull(error)) await writer?.abort();
      throw error;
    }
    this.taken++;
    this.ownIndex = taking.meta.index;
    this.newestMs = this.#clock.wallMs();
    this.#lack = undefined;
    host.raft.compact(this.#storage.metrics().firstIndex - 1);
    host.wake();
    this.#log.info({ index: taking.meta.index }, 'snapshot taken');
  }

  /** What is being sent stays when the next one is there, which may be on its way now. */
  #keepSent({ raft }: SnapshotHost): void {
    const nextIndex = this.#taking?.meta.index ?? Number.POSITIVE_INFINITY;
    this.#storage.keepSnapshots(this.#sent.needed(raft, this.#storage.newestSnapshot(), nextIndex));
  }

  /** Answers the leader's need for a piece of a snapshot for another member. */
  serve(read: SnapshotRead, host: SnapshotHost): void {
    const newest = this.#storage.newestSnapshot();
    if (newest === undefined) this.takeSnapshot(host);
    const chosen = newest === undefined ? undefined : this.#sent.choose(read.to, read.index, newest);
    if (chosen === undefined) {
      this.#notServed(read.to, host);
      return;
    }
    if (read.index === 0) this.#keepSent(host);
    this.#storage.readSnapshotChunk(chosen.index, read.offset, this.#chunkBytes).then(
      (piece) => {
        if (piece === undefined) this.#notServed(read.to, host);
        else host.raft.snapshotRead(read.to, chosen, read.offset, piece.data, piece.done);
        host.wake();
      },
      (error: Error) => {
        if (isDiskFull(error)) host.raft.snapshotReadFailed(read.to);
        else this.#fatal(error);
      },
    );
  }

  #notServed(to: NodeId, host: SnapshotHost): void {
    this.#sent.lost(to);
    host.raft.snapshotReadFailed(to);
    host.wake();
  }

  /** Stores a piece that the leader sent; where that fails Raft begins the transfer again. */
  receive(write: SnapshotWrite, host: SnapshotHost): void {
    this.#storage.receiveSnapshotChunk(write.snapshot, write.offset, write.data, write.done).then(
      () => {
        this.#notTakenFor = '';
        host.raft.snapshotWritten(write.snapshot, write.offset);
        host.wake();
      },
      (error: unknown) => {
        if (error instanceof StorageError && receivable.has(error.code)) {
          if (error.code !== this.#notTakenFor) {
            this.#log.warn(
              { index: write.snapshot.index, reason: error.message },
              'a piece of the snapshot that this member needs was not taken: it is asked for again until it is',
            );
          }
          this.#notTakenFor = error.code;
          host.raft.snapshotWriteFailed(write.snapshot);
          return;
        }
        this.#fatal(error as Error);
      },
    );
  }

  /** Gives up the snapshot that is being taken. */
  stop(): void {
    if (this.#taking !== undefined) this.#taking.cancelled = true;
  }

  /** Replaces the state machine's content by the newest snapshot on disk. */
  async load(): Promise<void> {
    this.stop();
    for (;;) {
      try {
        await this.#loadNewest();
        return;
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        this.#log.warn({ reason: error.message }, 'the snapshot cannot be read for now; it is tried again');
        await pause(this.#scheduler, DESCRIPTOR_RETRY_MS);
      }
    }
  }

  async #loadNewest(): Promise<void> {
    const newest = this.#storage.newestSnapshot();
    const stored = newest === undefined ? undefined : await this.#storage.openSnapshot(newest.index);
    if (stored === undefined) throw new Error('the snapshot that was installed is not on the disk');
    const loader = this.#machine.newLoader();
    for await (const chunk of stored.read()) {
      loader.feed(chunk);
      await this.#nextTurn();
    }
    let step = loader.finish(NODES_PER_SLICE);
    for (; step.state === 'linking'; step = loader.finish(NODES_PER_SLICE)) await this.#nextTurn();
    if (step.state === 'failed') {
      throw new UnusableData(
        `the snapshot at ${stored.meta.index} cannot be read (${step.fault}): ${JOIN_ANEW}`,
      );
    }
    this.#machine.adopt(step, stored.meta, stored.digest);
    this.#scheduleAfter(stored.meta.index);
    this.installed++;
    this.newestMs = this.#machine.lastTimeMs;
    this.#log.info({ index: stored.meta.index }, 'snapshot loaded');
  }

  /** Settles once the log is durable up to the snapshot's index, which takes as long as a full disk stays full, or it is given up. */
  async #untilDurable(taking: Taking): Promise<void> {
    if (this.#isDurable(taking)) return;
    await new Promise<void>((resolve) => {
      const stop = this.#scheduler.every(DURABLE_POLL_MS, () => {
        if (!taking.cancelled && !this.#isDurable(taking)) return;
        stop();
        resolve();
      });
    });
  }

  #isDurable({ meta }: Taking): boolean {
    return this.#storage.metrics().lastIndex >= meta.index;
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#scheduler.defer(resolve));
  }
}

const receivable: ReadonlySet<string> = new Set([
  StorageErrorCode.full,
  StorageErrorCode.snapshotGap,
  StorageErrorCode.snapshotDamaged,
]);
