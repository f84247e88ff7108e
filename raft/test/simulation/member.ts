import {
  type Configuration,
  type Entry,
  EntryKind,
  type Message,
  type NodeId,
  type Raft,
  type Ready,
  type SnapshotMeta,
  type Write,
} from '../../src/index.ts';
import type { Checker, Observed } from './checker.ts';
import { SimulatedDisk, type StoredSnapshot } from './disk.ts';
import type { Environment } from './environment.ts';

/** A snapshot travels in at least this many pieces. */
const SNAPSHOT_PIECES = 3;
export const SNAPSHOT_CHUNK_BYTES = 32;

export function encodeState(state: number): Uint8Array {
  const data = new Uint8Array(SNAPSHOT_CHUNK_BYTES * SNAPSHOT_PIECES - 7);
  new DataView(data.buffer).setUint32(data.length - 4, state);
  return data;
}

function decodeState(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset).getUint32(data.length - 4);
}

function needsRoom({ entries, snapshot, clearSuspect }: Write): boolean {
  return entries.length > 0 || snapshot !== undefined || clearSuspect;
}

/** Where what a member does leads to. */
export interface Outside {
  send(message: Message): void;
  onConfigurationApplied(configuration: Configuration): void;
}

/** One process of the cluster with its disk: the loop that a real program runs around the core. */
export class Member implements Observed {
  readonly id: NodeId;
  readonly disk: SimulatedDisk;
  raft: Raft | undefined;
  /** Grows with every start, so that what was under way before a crash stays without effect. */
  incarnation = 0;
  /** The disk is gone for good; the id never comes back. */
  wiped = false;
  /** The committed configuration has left it out, and its process was stopped. */
  retired = false;
  /** Nothing reaches it until then. */
  stalledUntilMs = 0;
  syncFactor = 1;
  /** No Write ends before. */
  diskHangsUntilMs = 0;
  /** It has no room but for term and vote. */
  diskIsFull = false;
  state = 0;
  seenCommit = 0;
  leaderOf = -1;
  /** In force when the step under way began. */
  committedUnder: Configuration | undefined;
  readonly #environment: Environment;
  readonly #checker: Checker;
  readonly #outside: Outside;
  #takingSnapshot = false;
  #retries = false;

  constructor(
    environment: Environment,
    checker: Checker,
    outside: Outside,
    id: NodeId,
    first: StoredSnapshot,
  ) {
    this.#environment = environment;
    this.#checker = checker;
    this.#outside = outside;
    this.id = id;
    this.disk = new SimulatedDisk(first.meta, first.data, (entry, previousTerm) =>
      checker.onDurable(id, entry, previousTerm),
    );
  }

  get running(): boolean {
    return this.raft !== undefined;
  }

  /** Whether the disk holds that entry, or a snapshot that covers it. */
  has(index: number, term: number): boolean {
    return !this.wiped && (index <= this.disk.snapshot.meta.index || this.disk.termAt(index) === term);
  }

  start(): void {
    const { disk } = this;
    const environment = this.#environment;
    const { profile } = environment;
    this.incarnation += 1;
    this.seenCommit = 0;
    this.leaderOf = -1;
    this.#takingSnapshot = false;
    this.#retries = false;
    this.state = decodeState(disk.snapshot.data);
    this.#checker.onRestore(this.id, disk.snapshot.meta.index, this.state);
    this.raft = new environment.core.Raft({
      id: this.id,
      seed: environment.random.below(2 ** 32),
      electionTicks: profile.electionTicks,
      heartbeatTicks: profile.heartbeatTicks,
      linkDownTicks: profile.linkDownTicks,
      maxMessageBytes: profile.maxMessageBytes,
      maxInflightMessages: profile.maxInflightMessages,
      maxInflightBytes: profile.maxInflightBytes,
      maxUncommittedBytes: profile.maxUncommittedBytes,
      maxLogBytes: profile.maxLogBytes,
      snapshotChunkBytes: SNAPSHOT_CHUNK_BYTES,
      hardState: disk.hardState,
      snapshot: disk.snapshot.meta,
      suspect: disk.suspect,
      // Both ways of starting in turn.
      ...disk.recovered(this.incarnation % 2 === 0),
    });
    this.drain();
  }

  crash(): void {
    this.raft = undefined;
    this.incarnation += 1;
    this.disk.crash(this.#environment.random);
  }

  /** One step: gives an input to the core, then does the work that comes out. */
  input(give: (raft: Raft) => void): void {
    const { raft } = this;
    if (raft === undefined) return;
    this.committedUnder = raft.configuration;
    give(raft);
    this.#checker.observe(this);
    this.drain();
  }

  receive(message: Message): void {
    const { raft } = this;
    if (raft === undefined) return;
    this.committedUnder = raft.configuration;
    raft.step(message);
    this.#checker.observe(this);
    this.drain();
  }

  tick(): void {
    const { raft } = this;
    if (raft === undefined || this.stalledUntilMs > this.#environment.schedule.nowMs) return;
    this.committedUnder = raft.configuration;
    raft.tick();
    this.#checker.observe(this);
    this.drain();
  }

  drain(): void {
    const { raft } = this;
    if (raft === undefined) return;
    for (let ready = raft.ready(); ready !== undefined; ready = raft.ready()) {
      this.committedUnder = raft.configuration;
      this.#do(raft, ready);
      this.#checker.observe(this);
    }
  }

  #do(raft: Raft, ready: Ready): void {
    const environment = this.#environment;
    for (const message of ready.messages) {
      this.#checker.onSend(this, message);
      this.#outside.send(message);
    }
    if (ready.write !== undefined) this.#write(ready.write);
    for (const entry of ready.committed) this.#apply(raft, entry);
    for (const state of ready.readStates) this.#checker.onReadAnswered(this.id, state);
    for (const read of ready.entriesReads) {
      this.#later(environment.random.between(1, 4), () => {
        const { disk } = this;
        if (read.from <= disk.baseIndex) raft.entriesRead(read.to, read.from, undefined);
        else {
          const at = read.from - disk.baseIndex - 1;
          raft.entriesRead(read.to, read.from, disk.entries.slice(at, at + environment.random.between(1, 8)));
        }
      });
    }
    for (const read of ready.snapshotReads) {
      this.#later(environment.random.between(1, 4), () => {
        const { meta, data } = this.disk.snapshot;
        if (read.index !== 0 && read.index !== meta.index) raft.snapshotReadFailed(read.to);
        else {
          const end = Math.min(data.length, read.offset + SNAPSHOT_CHUNK_BYTES);
          raft.snapshotRead(read.to, meta, read.offset, data.slice(read.offset, end), end === data.length);
        }
      });
    }
    for (const piece of ready.snapshotWrites) {
      this.#later(this.#syncMs(), () => {
        if (this.diskIsFull) {
          raft.snapshotWriteFailed(piece.snapshot);
          return;
        }
        this.disk.writeAside(piece);
        raft.snapshotWritten(piece.snapshot, piece.offset);
      });
    }
    raft.advance(ready);
  }

  #syncMs(): number {
    return this.#environment.random.between(1, this.#environment.profile.maxSyncMs) * this.syncFactor;
  }

  /** Runs unless the process has gone meanwhile. */
  #later(delayMs: number, action: () => void): void {
    const { incarnation } = this;
    this.#environment.schedule.after(delayMs, () => {
      if (this.incarnation === incarnation) this.input(action);
    });
  }

  #write(write: Write): void {
    const { disk } = this;
    if (disk.writing !== undefined) throw new Error('two writes at once');
    disk.writing = write;
    this.#endWriteAfter(this.#syncMs(), write);
  }

  #endWriteAfter(delayMs: number, write: Write): void {
    const { disk, incarnation } = this;
    this.#environment.schedule.after(delayMs, () => {
      if (this.incarnation !== incarnation) return;
      const hangsMs = this.diskHangsUntilMs - this.#environment.schedule.nowMs;
      if (hangsMs > 0) {
        this.#endWriteAfter(hangsMs, write);
        return;
      }
      disk.writing = undefined;
      if (this.diskIsFull && needsRoom(write)) {
        this.#refuse(write);
        return;
      }
      const { truncations } = disk;
      const wasSuspect = disk.suspect;
      disk.apply(write);
      const { totals } = this.#environment;
      totals.truncations += disk.truncations - truncations;
      if (wasSuspect && !disk.suspect) totals.suspectsCleared += 1;
      if (write.snapshot !== undefined) this.#installed(write.snapshot);
      this.input((raft) => raft.persisted(write));
    });
  }

  /** Term and vote may have been written all the same. */
  #refuse(write: Write): void {
    const { random, totals } = this.#environment;
    totals.refusedWrites += 1;
    if (write.hardState !== undefined && random.chance(0.5)) this.disk.hardState = write.hardState;
    this.input((raft) => raft.writeRefused(write));
    if (!this.#retries) this.#retryLater();
  }

  #retryLater(): void {
    this.#retries = true;
    this.#later(this.#environment.random.between(10, 300), () => {
      const { raft } = this;
      this.#retries = false;
      if (raft?.isRefused !== true) return;
      raft.retryWrites();
      this.#retryLater();
    });
  }

  #installed(meta: SnapshotMeta): void {
    this.state = decodeState(this.disk.snapshot.data);
    this.#environment.totals.snapshotsInstalled += 1;
    this.#checker.onRestore(this.id, meta.index, this.state);
    this.#outside.onConfigurationApplied(meta.configuration);
    this.#environment.trace(`${this.id} installed snapshot ${meta.index}`);
  }

  #apply(raft: Raft, entry: Entry): void {
    const environment = this.#environment;
    this.state = this.#checker.onApply(this.id, this.state, entry);
    environment.totals.applied += 1;
    if (entry.kind === EntryKind.configuration)
      this.#outside.onConfigurationApplied(raft.configurationAt(entry.index));
    const { disk } = this;
    const due = entry.index - disk.snapshot.meta.index >= environment.profile.snapshotEvery;
    if (due && !this.#takingSnapshot) this.#takeSnapshot(entry, raft.configurationAt(entry.index));
  }

  /** Copies the state now, writes it in the background, and then drops the log below it. */
  #takeSnapshot({ index, term }: Entry, configuration: Configuration): void {
    const data = encodeState(this.state);
    this.#takingSnapshot = true;
    this.#later(this.#syncMs() * 2, () => {
      this.#takingSnapshot = false;
      if (this.diskIsFull) return;
      const { disk, raft } = this;
      if (raft === undefined || index > raft.persistedIndex || index <= disk.snapshot.meta.index) return;
      const kept = this.#environment.profile.keptBelowSnapshot;
      disk.takeSnapshot({ meta: { index, term, configuration }, data }, kept);
      this.#environment.totals.snapshotsTaken += 1;
      raft.compact(disk.baseIndex);
    });
  }
}
