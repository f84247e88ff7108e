import { type Reached, RecordWriter } from '../backup-format/records.ts';
import { VERSION } from '../config/version.ts';
import { BackupRefusal } from '../errors/error-codes.ts';
import type { Member } from '../member.ts';
import type { RunningReplica } from '../member-parts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { freshSnapshot } from '../replica/fresh-snapshot.ts';
import type { StoredSnapshot } from '../storage/recovered.ts';
import type { Storage } from '../storage/storage.ts';
import type { BackupGiven, BackupRefused, BackupResult, BackupSource, BackupWish } from './backup-source.ts';
import { outcomeOf } from './outcome.ts';

/** Of the log, read for one piece. */
const READ_BYTES = 256 * 1024;
/** Until what was committed when it was asked for is applied. */
const GIVE_UP_MS = 30_000;
/** Between the beginnings of two. */
const INTERVAL_MS = 1_000;

export interface BackupMachine {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

export class BackupStream implements BackupSource {
  readonly #member: Member;
  readonly #machine: BackupMachine;
  /** The one that is under way; 0: none. */
  #underWay = 0;
  #count = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(member: Member, machine: BackupMachine) {
    this.#member = member;
    this.#machine = machine;
  }

  async take(wish: BackupWish, isWanted: () => boolean): Promise<BackupResult> {
    const { running, storage } = this.#member;
    if (running === undefined || storage === undefined)
      return refuse(BackupRefusal.notServing, 'this member has not started yet, or has no data');
    if (this.#underWay !== 0)
      return refuse(BackupRefusal.underWay, 'another backup of this member is being taken');
    const nowMs = this.#machine.clock.monotonicMs();
    if (nowMs < this.#notBeforeMs)
      return refuse(BackupRefusal.underWay, `one backup may be begun in ${INTERVAL_MS} ms`);
    const own = ++this.#count;
    this.#underWay = own;
    // Once it is released another one may have taken its place.
    const release = (): void => {
      if (this.#underWay === own) this.#underWay = 0;
    };
    this.#notBeforeMs = nowMs + INTERVAL_MS;
    const isThere = (): boolean => isWanted() && this.#member.running === running;
    const given = await this.#open(wish, running, storage, isThere).catch((error: unknown) => {
      release();
      throw error;
    });
    if (given.ok) return { ...given, release };
    release();
    return given;
  }

  async #open(
    { after, withSnapshot }: BackupWish,
    running: RunningReplica,
    storage: Storage,
    isThere: () => boolean,
  ): Promise<BackupRefused | Omit<BackupGiven, 'release'>> {
    const snapshot = withSnapshot
      ? await this.#snapshot(running, storage, after?.index ?? 0, isThere)
      : undefined;
    if (withSnapshot && snapshot === undefined)
      return refuse(BackupRefusal.noSnapshot, 'no snapshot could be taken: the log of this member says why');
    const end = await reachedBy(running, storage, this.#machine.scheduler);
    if (end === undefined)
      return refuse(
        BackupRefusal.behind,
        'what is committed is not applied here in time: ask another member',
      );
    const from = Math.min(
      after?.index ?? Number.POSITIVE_INFINITY,
      snapshot?.meta.index ?? Number.POSITIVE_INFINITY,
    );
    if (from > end.index)
      return refuse(BackupRefusal.behind, `this member has applied ${end.index} entries only`);
    if (from + 1 < storage.metrics().firstIndex)
      return refuse(
        BackupRefusal.compacted,
        `the log behind entry ${from} is not kept any more: a snapshot has to come with it`,
      );
    if (after?.term !== undefined && running.replica.raft.termAt(after.index) !== after.term)
      return refuse(
        BackupRefusal.otherLog,
        `entry ${after.index} is another one here, or no longer known: a snapshot has to come`,
      );
    return {
      ok: true,
      reached: end,
      read: () => this.#read(running, storage, snapshot, from, end),
    };
  }

  /**
   * The newest one on the disk, where it is no older than what the caller has: the log behind it comes with it. Else one is taken, unless there is no room.
   */
  async #snapshot(
    running: RunningReplica,
    storage: Storage,
    after: number,
    isWanted: () => boolean,
  ): Promise<StoredSnapshot | undefined> {
    const { scheduler } = this.#machine;
    const newest = async (): Promise<StoredSnapshot | undefined> => {
      const meta = storage.newestSnapshot();
      return meta === undefined ? undefined : await storage.openSnapshot(meta.index);
    };
    const stored = await newest();
    if (stored !== undefined && stored.meta.index >= after) return stored;
    const taken = await freshSnapshot({ ...running, storage, host: running.replica, scheduler, isWanted });
    return typeof taken === 'string' ? await newest() : taken;
  }

  /** A piece a turn, when the one before has left. Throws where the log was purged under it. */
  async *#read(
    { identity }: RunningReplica,
    storage: Storage,
    snapshot: StoredSnapshot | undefined,
    after: number,
    end: Reached,
  ): AsyncGenerator<Uint8Array, void> {
    const records = new RecordWriter();
    const { clusterId, serverId } = identity;
    yield records.origin({ clusterId, serverId, version: VERSION });
    if (snapshot !== undefined) {
      yield records.snapshotHead(snapshot);
      for await (const chunk of snapshot.read()) {
        yield records.snapshotChunk(chunk);
        await this.#nextTurn();
      }
      yield records.snapshotFoot();
    }
    for (let next = after + 1; next <= end.index; ) {
      const answer = await storage.readEntries(next, READ_BYTES);
      if (answer.compacted) throw new Error(`entry ${next} of the log is not kept any more`);
      const entries = answer.entries.filter(({ index }) => index <= end.index);
      if (entries.length === 0) throw new Error(`entry ${next} of the log is not durable yet`);
      yield* records.entries(entries);
      next += entries.length;
      await this.#nextTurn();
    }
    yield records.end(end);
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#machine.scheduler.defer(resolve));
  }
}

/** What this member has applied and on its disk, once that holds all that it knew to be committed when it was asked. */
async function reachedBy(
  { replica, machine }: RunningReplica,
  storage: Storage,
  scheduler: Scheduler,
): Promise<Reached | undefined> {
  const wanted = replica.raft.commit;
  return await outcomeOf(scheduler, GIVE_UP_MS, () =>
    machine.appliedIndex >= wanted &&
    storage.metrics().lastIndex >= machine.appliedIndex &&
    !machine.isAmid &&
    !machine.restore.isOpen
      ? {
          index: machine.appliedIndex,
          term: machine.appliedTerm,
          zxid: machine.lastZxid,
          timeMs: machine.lastTimeMs,
          featureLevel: machine.featureLevel,
          digest: machine.digest(),
        }
      : undefined,
  );
}

function refuse(code: BackupRefusal, message: string): BackupRefused {
  return { ok: false, code, message };
}
