import { type Entry, EntryKind, type SnapshotMeta, type Write } from 'raft-ts-lite';
import type { Prng } from '../../../sim/prng.ts';
import type { Storage as StorageClass } from '../../../src/storage/storage.ts';
import { StorageError } from '../../../src/storage/storage-error.ts';
import { differenceOfEntries } from './check-recovered.ts';
import {
  entriesFrom,
  genesis,
  lastIndexOf,
  type MemberState,
  stagesOf,
  termAt,
  withSnapshot,
} from './member-state.ts';
import { digestOf, foreignSnapshot, snapshotChunks } from './snapshot-content.ts';

type Storage = StorageClass;

export interface LifeTotals {
  writes: number;
  truncations: number;
  snapshots: number;
  installs: number;
  rolls: number;
  purges: number;
  reads: number;
  clearedSuspicions: number;
}

/**
 * One process's use of storage, by chance: Writes one after the other, and beside them snapshots and reads. `acknowledged` is what
 * must survive; what was asked for and not answered may.
 */
export class Life {
  acknowledged: MemberState;
  /** The Write that was not answered, and the snapshot. */
  #underway: Write | undefined;
  #snapshotUnderway: SnapshotMeta | undefined;
  readonly #Storage: typeof StorageClass;
  readonly #storage: Storage;
  readonly #prng: Prng;
  readonly #totals: LifeTotals;
  readonly #trace: (line: string) => void;

  constructor(
    Storage: typeof StorageClass,
    storage: Storage,
    state: MemberState,
    prng: Prng,
    totals: LifeTotals,
    trace: (line: string) => void,
  ) {
    this.#Storage = Storage;
    this.#storage = storage;
    this.acknowledged = state;
    this.#prng = prng;
    this.#totals = totals;
    this.#trace = trace;
  }

  /** All that may be found if the process ends now. */
  possible(): MemberState[] {
    const stages =
      this.#underway === undefined ? [this.acknowledged] : stagesOf(this.acknowledged, this.#underway);
    const snapshot = this.#snapshotUnderway;
    return snapshot === undefined
      ? stages
      : stages.flatMap((stage) => [stage, withSnapshot(stage, snapshot)]);
  }

  /** Is it possible that a Write was torn? */
  get isWriting(): boolean {
    return this.#underway !== undefined;
  }

  /** Rejects with StorageError where storage fails. */
  async run(steps: number): Promise<void> {
    await Promise.all([this.#writes(steps), this.#snapshots(steps), this.#reads(steps)]);
  }

  async #writes(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      if (this.#prng.chance(0.06)) await this.#install();
      else await this.#write(this.#someWrite());
    }
  }

  async #write(write: Write): Promise<void> {
    const before = this.acknowledged;
    const segments = this.#storage.metrics().logSegments;
    this.#underway = write;
    this.#trace(
      `write ${write.entries[0]?.index ?? '-'}…${write.entries.at(-1)?.index ?? '-'} after ${lastIndexOf(before)}${write.snapshot === undefined ? '' : `, snapshot ${write.snapshot.index}`}${write.clearSuspect ? ', clear suspicion' : ''}`,
    );
    await new Promise<void>((resolve, reject) => {
      this.#storage.persist(write, (error) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        // Not from `before`: a snapshot may have been finished beside the Write.
        this.acknowledged = stagesOf(this.acknowledged, write).at(-1)!;
        this.#underway = undefined;
        resolve();
      });
    });
    this.#trace('  acknowledged');
    this.#totals.writes++;
    if (write.entries.length > 0 && write.entries[0]!.index <= lastIndexOf(before))
      this.#totals.truncations++;
    if (write.clearSuspect) this.#totals.clearedSuspicions++;
    if (this.#storage.metrics().logSegments > segments) this.#totals.rolls++;
  }

  #someWrite(): Write {
    const prng = this.#prng;
    const { acknowledged } = this;
    const { hardState } = acknowledged;
    const changesTerm = prng.chance(0.15);
    const term = changesTerm ? hardState.term + 1 + prng.below(2) : Math.max(1, hardState.term);
    const last = lastIndexOf(acknowledged);
    const committed = Math.max(
      acknowledged.base.index,
      acknowledged.snapshot?.index ?? 0,
      this.#snapshotUnderway?.index ?? 0,
    );
    const isCut = prng.chance(0.15) && last > committed;
    const first = isCut ? committed + 1 + prng.below(last - committed) : last + 1;
    const count = prng.chance(0.1) ? 0 : 1 + prng.below(8);
    return {
      snapshot: undefined,
      hardState: changesTerm || prng.chance(0.1) ? { term, vote: prng.below(4) } : undefined,
      entries: this.#someEntries(first, count, Math.max(term, termAt(acknowledged, first - 1) ?? 0)),
      clearSuspect: acknowledged.suspect && prng.chance(0.3),
    };
  }

  #someEntries(first: number, count: number, term: number): Entry[] {
    const prng = this.#prng;
    return Array.from({ length: count }, (_, i) => ({
      index: first + i,
      term,
      kind: prng.chance(0.1) ? EntryKind.configuration : EntryKind.command,
      data: prng.bytes(prng.chance(0.02) ? 5000 : prng.below(prng.chance(0.3) ? 600 : 120)),
    }));
  }

  /** A snapshot comes from a leader, in pieces, and replaces the log. */
  async #install(): Promise<void> {
    const prng = this.#prng;
    const { acknowledged } = this;
    if (this.#snapshotUnderway !== undefined) return;
    const committed = Math.max(acknowledged.base.index, acknowledged.snapshot?.index ?? 0);
    const index = Math.max(committed, lastIndexOf(acknowledged) - prng.below(3)) + 1 + prng.below(20);
    const term = Math.max(1, acknowledged.hardState.term);
    const meta: SnapshotMeta = { index, term, configuration: genesis };
    const file = await foreignSnapshot(this.#Storage, meta);
    for (let offset = 0; offset < file.length; ) {
      const piece = file.slice(offset, offset + 1 + prng.below(900));
      await this.#storage.receiveSnapshotChunk(meta, offset, piece, offset + piece.length === file.length);
      offset += piece.length;
    }
    // Raft takes no snapshot of what it has applied, and the member may have taken one of its own meanwhile.
    if (this.#snapshotUnderway !== undefined || index <= (this.acknowledged.snapshot?.index ?? 0)) return;
    const count = prng.below(3);
    const write: Write = {
      snapshot: meta,
      hardState: prng.chance(0.3) ? { term: term + 1, vote: 0 } : undefined,
      entries: this.#someEntries(index + 1, count, term),
      clearSuspect: false,
    };
    await this.#write(write);
    this.#totals.installs++;
  }

  async #snapshots(steps: number): Promise<void> {
    for (let step = 0; step < steps / 6; step++) {
      await this.#pause();
      const { acknowledged } = this;
      const begin = acknowledged.snapshot?.index ?? acknowledged.base.index;
      const index = begin + 1 + this.#prng.below(Math.max(1, lastIndexOf(acknowledged) - begin));
      // Nothing that a Write under way might cut is committed.
      const isStable = this.#underway === undefined || (this.#underway.entries[0]?.index ?? 0) > index;
      const term = termAt(acknowledged, index);
      if (term === undefined || !isStable || this.#underway?.snapshot !== undefined) continue;
      await this.#takeSnapshot({ index, term, configuration: genesis });
    }
  }

  async #takeSnapshot(meta: SnapshotMeta): Promise<void> {
    this.#snapshotUnderway = meta;
    const segments = this.#storage.metrics().logSegments;
    this.#trace(`snapshot ${meta.index}`);
    const writer = await this.#storage.createSnapshot(meta, digestOf(meta.index));
    for (const chunk of snapshotChunks(meta.index)) await writer.write(chunk);
    if (this.#prng.chance(0.1)) {
      await writer.abort();
    } else {
      await writer.finish();
      this.acknowledged = withSnapshot(this.acknowledged, meta);
      this.#trace(`  snapshot ${meta.index} done`);
      this.#totals.snapshots++;
    }
    this.#snapshotUnderway = undefined;
    if (this.#storage.metrics().logSegments < segments) this.#totals.purges++;
  }

  async #reads(steps: number): Promise<void> {
    for (let step = 0; step < steps / 3; step++) {
      await this.#pause();
      const { acknowledged } = this;
      const from = Math.max(1, lastIndexOf(acknowledged) - this.#prng.below(40));
      const answer = await this.#storage.readEntries(from, this.#prng.below(2000));
      // A Write or an install may have changed the log meanwhile: then nobody uses the answer.
      if (answer.compacted || acknowledged.entries !== this.acknowledged.entries) continue;
      const expected = entriesFrom(acknowledged, from).slice(0, answer.entries.length);
      const difference = differenceOfEntries(expected, answer.entries);
      if (difference !== '') throw new Error(`read ${difference}`);
      this.#totals.reads++;
    }
  }

  async #pause(): Promise<void> {
    for (let turns = this.#prng.below(30); turns > 0; turns--) await Promise.resolve();
  }
}

export const isStorageError = (error: unknown): error is StorageError =>
  error instanceof StorageError || (error instanceof Error && error.name === 'StorageError');
