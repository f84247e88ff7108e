import type { Entry, PeerStatus, Raft, SnapshotMeta } from 'raft-ts-lite';
import { KeptLog } from '../../../testkit/src/kept-log.ts';
import type { FaultyVolume } from '../../sim/disk/faulty-volume.ts';
import type { Scheduler } from '../../src/ports/scheduler.ts';
import { Snapshots } from '../../src/replica/snapshots.ts';
import type { StateMachine } from '../../src/replica/state-machine.ts';
import type { Storage } from '../../src/storage/storage.ts';
import type { StorageOptions } from '../../src/storage/storage-options.ts';
import { newMember, persist, volumeOf, writeOf } from '../storage/member.ts';
import { newMachine, replay } from './replay.ts';

export const EVERY = 50;
/** More than `EVERY` entries of an ordinary log come to. */
export const EVERY_BYTES = 256 * 1024;

/** A member without Raft and network: a log, its storage, a state, and snapshots of it. */
export class SnapshotSubject {
  readonly volume: FaultyVolume;
  readonly machine: StateMachine;
  readonly log = new KeptLog();
  /** What the loop was told: compactions, answers to Raft, wakes. */
  readonly told: string[] = [];
  readonly pieces: { snapshot: SnapshotMeta; offset: number; data: Uint8Array; done: boolean }[] = [];
  storage!: Storage;
  snapshots!: Snapshots;
  fatal: Error | undefined;
  /** Turns of the loop that were asked for and have not come. */
  #turns: (() => void)[] = [];
  #periodic: (() => void)[] = [];

  /** The other members, as their leader knows them. */
  peers: Partial<PeerStatus>[] = [];

  readonly host = {
    raft: {
      peers: () => this.peers,
      compact: (index: number) => this.told.push(`compact ${index}`),
      snapshotReadFailed: (to: number) => this.told.push(`read for ${to} failed`),
      snapshotRead: (to: number, snapshot: SnapshotMeta, offset: number, data: Uint8Array, done: boolean) => {
        this.told.push(`read for ${to}`);
        this.pieces.push({ snapshot, offset, data: data.slice(), done });
      },
      snapshotWritten: (_snapshot: SnapshotMeta, offset: number) => this.told.push(`written ${offset}`),
      snapshotWriteFailed: () => this.told.push('write failed'),
    } as unknown as Raft,
    wake: () => {},
  };

  readonly scheduler: Scheduler = {
    defer: (task) => void this.#turns.push(task),
    every: (_periodMs, task) => {
      this.#periodic.push(task);
      return () => {
        this.#periodic = this.#periodic.filter((other) => other !== task);
      };
    },
  };

  constructor(seed = 1, machine = newMachine()) {
    this.volume = volumeOf(seed);
    this.machine = machine;
  }

  async open(options: Partial<StorageOptions> = {}): Promise<this> {
    this.storage = await newMember(this.volume, { segmentBytes: 64 * 1024, ...options });
    this.storage.keepRoomFor(this.machine, () => {});
    this.snapshots = new Snapshots({
      storage: this.storage,
      machine: this.machine,
      everyEntries: EVERY,
      everyBytes: EVERY_BYTES,
      chunkBytes: 256 * 1024,
      clock: { monotonicMs: () => 0, wallMs: () => 1_800_000_000_000 },
      scheduler: this.scheduler,
      log: this.log,
      fatal: (error) => {
        this.fatal ??= error;
      },
    });
    return this;
  }

  /** Makes entries durable and applies them. */
  async live(entries: readonly Entry[]): Promise<void> {
    await persist(this.storage, writeOf({ entries }));
    replay(this.machine, entries);
  }

  get waitingTurns(): number {
    return this.#turns.length;
  }

  get waitingTimers(): number {
    return this.#periodic.length;
  }

  /** Lets `count` turns of the loop pass, with all that the disk does between them. */
  async pass(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const task of this.#periodic) task();
      for (const task of this.#turns.splice(0)) task();
    }
  }

  /** Passes turns until `done` holds. */
  async until(done: () => boolean): Promise<void> {
    for (let left = 2_000; !done(); left--) {
      if (left === 0) throw new Error(`never came: ${done}`);
      await this.pass(1);
    }
  }
}
