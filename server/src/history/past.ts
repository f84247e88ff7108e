import { type Entry, EntryKind, type SnapshotMeta } from 'raft-ts-lite';
import { HistoryRefusal } from '../errors/error-codes.ts';
import { COMMAND_HEADER_BYTES, emptyCommandHeader, readCommandHeader } from '../model/command.ts';
import type { Applied } from '../replica/applied.ts';
import type { Build } from '../replica/build.ts';
import { genesisLevel } from '../replica/membership/membership.ts';
import { decodeExtra } from '../replica/snapshot-extra.ts';
import type { StateMachine } from '../replica/state-machine.ts';
import { adoptLoaded, applyWhole } from '../replica/whole.ts';
import type { MemberIdentity } from '../storage/recovered.ts';
import { readSnapshotChunks, readSnapshotHeader } from '../storage/snapshot/snapshot-format.ts';
import { StorageError } from '../storage/storage-error.ts';
import { readHeader } from '../tree/snapshot-format.ts';
import { SnapshotRecords } from '../tree/snapshot-records.ts';
import { HistoryError, type Moment } from './history-error.ts';
import type { Point } from './question.ts';
import { openRetained, type RetainedFiles, type RetainedSnapshot } from './retained-files.ts';
import { RetainedLog } from './retained-log.ts';

/** Of a node or a session beside what its name and data take. */
const NODE_BYTES = 128;

export interface PastParts {
  readonly files: RetainedFiles;
  readonly identity: MemberIdentity;
  readonly build: Build;
  /** Up to this entry all is committed. */
  readonly lastIndex: number;
  readonly maxTreeBytes: number;
}

/** Of a write that is about to be applied. */
export interface Before {
  readonly entry: Entry;
  readonly machine: StateMachine;
}

/** What hears of each write as it is applied again. */
export interface Listener {
  /** Nothing of it is applied. */
  before?(write: Before): void;
  /** A piece of it is: it has one at least. */
  applied?(result: Applied, write: Before): void;
}

/**
 * The state as it was: loaded from a snapshot and led on by the log, by the same state machine that members run, so that it comes to the same tree.
 * It only goes forward.
 */
export class Past {
  readonly machine: StateMachine;
  readonly #parts: PastParts;
  readonly #log: RetainedLog;
  readonly #header = emptyCommandHeader();
  #entries: AsyncGenerator<readonly Entry[], void> | undefined;
  #batch: readonly Entry[] = [];
  #at = 0;

  /** Made by `before` alone. */
  constructor(parts: PastParts, machine: StateMachine, log: RetainedLog) {
    this.#parts = parts;
    this.machine = machine;
    this.#log = log;
  }

  /** The newest state that is on the disk from before `point` (undefined: the oldest one of all). Throws HistoryError where there is none. */
  static async before(point: Point | undefined, parts: PastParts): Promise<Past> {
    const { files, identity } = parts;
    const candidates = point === undefined ? files.snapshots : [...files.snapshots].reverse();
    let failure: HistoryError | undefined;
    if (point === undefined) {
      const past = await Past.#fromGenesis(parts);
      if (past !== undefined) return past;
    }
    for (const snapshot of candidates) {
      if (snapshot.index > parts.lastIndex) continue;
      try {
        if (point !== undefined && isAfter(await momentOf(snapshot, files), point)) continue;
        const log = await RetainedLog.survey(files, identity.clusterId, snapshot.index + 1);
        if (log.restartedAt > snapshot.index) continue;
        return new Past(parts, await load(snapshot, parts), log);
      } catch (error) {
        // An older one leads to the same state.
        failure ??= asHistoryError(error);
        if (failure.code === HistoryRefusal.noMemory) throw failure;
      }
    }
    const past = point === undefined ? undefined : await Past.#fromGenesis(parts);
    if (past !== undefined) return past;
    throw failure ?? new HistoryError(HistoryRefusal.gone, 'what is kept here does not reach back to there');
  }

  /** A log that was never cut leads from the beginning of the cluster on. */
  static async #fromGenesis(parts: PastParts): Promise<Past | undefined> {
    const { genesis, clusterId } = parts.identity;
    const [first] = parts.files.segments;
    if (first === undefined || first.firstIndex > genesis.index + 1) return undefined;
    const log = await RetainedLog.survey(parts.files, clusterId, genesis.index + 1).catch(() => undefined);
    if (log === undefined || log.restartedAt > 0) return undefined;
    return new Past(parts, newMachine(parts), log);
  }

  get moment(): Moment {
    return { zxid: this.machine.lastZxid, timeMs: this.machine.lastTimeMs };
  }

  /** Applies what was written up to `point`. */
  async goTo(point: Point): Promise<void> {
    const pieces = this.pieces(point);
    while ((await pieces.next()).done !== true);
  }

  /** Applies what was written up to `point` (undefined: all there is), as much as is read at once with each step. */
  async *pieces(point: Point | undefined, listener: Listener = {}): AsyncGenerator<void, void> {
    const { lastIndex } = this.#parts;
    this.#entries ??= this.#log.entries(this.machine.appliedIndex + 1, lastIndex);
    for (;;) {
      while (this.#at < this.#batch.length) {
        const entry = this.#batch[this.#at]!;
        if (point !== undefined && this.#isBeyond(entry, point)) return;
        this.#at++;
        this.#apply(entry, listener);
      }
      yield;
      const next = await this.#entries.next();
      if (next.done === true) break;
      this.#batch = next.value;
      this.#at = 0;
    }
    if (point !== undefined && 'zxid' in point && point.zxid > this.machine.lastZxid)
      throw new HistoryError(
        HistoryRefusal.ahead,
        `the newest write here is 0x${hex(this.machine.lastZxid)}`,
      );
  }

  #isBeyond(entry: Entry, point: Point): boolean {
    if ('zxid' in point) return this.machine.zxidOf(entry.index) > point.zxid;
    if (entry.kind !== EntryKind.command || entry.data.length < COMMAND_HEADER_BYTES) return false;
    readCommandHeader(entry.data, 0, this.#header);
    return this.#header.timeMs > point.timeMs;
  }

  #apply(entry: Entry, listener: Listener): void {
    const { machine } = this;
    const write = { entry, machine };
    if (entry.kind === EntryKind.command) listener.before?.(write);
    applyWhole(machine, entry, (piece) => listener.applied?.(piece, write));
    refuseLarge(machine, this.#parts.maxTreeBytes);
  }
}

/** Where what is kept begins; undefined: with the cluster, or nowhere. */
export async function earliestMoment({ files, identity }: PastParts): Promise<Moment | undefined> {
  const [first] = files.segments;
  if (first === undefined || first.firstIndex <= identity.genesis.index + 1) return undefined;
  const snapshot = files.snapshots.find(({ index }) => index >= first.firstIndex - 1);
  return snapshot && momentOf(snapshot, files);
}

function isAfter(moment: Moment, point: Point): boolean {
  return 'zxid' in point ? moment.zxid > point.zxid : moment.timeMs > point.timeMs;
}

function newMachine({ build, identity }: PastParts): StateMachine {
  const machine = build.newMachine(identity.genesis, {});
  machine.beginAt(genesisLevel(identity.genesis));
  return machine;
}

async function load(snapshot: RetainedSnapshot, parts: PastParts): Promise<StateMachine> {
  const machine = newMachine(parts);
  const file = await openRetained(parts.files.disk, snapshot);
  try {
    const header = await readSnapshotHeader(file);
    // What it takes in memory is not less.
    if ((await file.size()) > parts.maxTreeBytes) throw tooLarge();
    const loader = machine.newLoader();
    for await (const chunk of readSnapshotChunks(file, header)) loader.feed(chunk);
    const fault = adoptLoaded(machine, loader, header.meta, header.digest);
    if (fault !== undefined)
      throw new HistoryError(HistoryRefusal.damaged, `${file.name} cannot be read (${fault})`);
    refuseLarge(machine, parts.maxTreeBytes);
    return machine;
  } finally {
    await file.close();
  }
}

/** Of its last write. Only its beginning is read. */
async function momentOf(snapshot: RetainedSnapshot, { disk }: RetainedFiles): Promise<Moment> {
  const file = await openRetained(disk, snapshot);
  try {
    const header = await readSnapshotHeader(file);
    const records = new SnapshotRecords();
    let moment: Moment | undefined;
    for await (const chunk of readSnapshotChunks(file, header)) {
      records.feed(chunk, (_type, reader) => {
        moment ??= momentIn(readHeader(reader)?.extra, header.meta);
        return undefined;
      });
      if (moment !== undefined) return moment;
    }
    throw new HistoryError(HistoryRefusal.damaged, `${file.name} has no beginning`);
  } finally {
    await file.close();
  }
}

function momentIn(extra: Uint8Array | undefined, { index }: SnapshotMeta): Moment | undefined {
  if (extra === undefined) return undefined;
  const { zxidBase, lastTimeMs } = decodeExtra(extra);
  return { zxid: zxidBase + index, timeMs: lastTimeMs };
}

function refuseLarge({ tree, sessions }: StateMachine, maxBytes: number): void {
  if (tree.storedBytes + (tree.nodeCount + sessions.size) * NODE_BYTES > maxBytes) throw tooLarge();
}

function tooLarge(): HistoryError {
  return new HistoryError(
    HistoryRefusal.noMemory,
    'there is no memory here for the tree of then beside that of now: ask a member that has more, or take a copy of its data',
  );
}

export function asHistoryError(error: unknown): HistoryError {
  if (error instanceof HistoryError) return error;
  if (error instanceof StorageError) return new HistoryError(HistoryRefusal.damaged, error.message);
  throw error;
}

function hex(zxid: number): string {
  return zxid.toString(16);
}
