import type { Member, Running } from '../../src/member.ts';
import type { Host } from '../host.ts';
import type { Report } from './report.ts';

/** Between two looks. */
const STEP_MS = 100;
/** Twice an election time-out until a disk counts as hung, an attempt to hand over, a second one, and the election. */
const HAND_OVER_MS = 3_500;
/** What is due is begun, or what is under way is ended, within this. */
const DUE_MS = 2_000;
/** With less free a disk may be too full for a segment and a snapshot. */
const ROOM_BYTES = 300_000;

/** What the watch asks of the world. */
export interface DiskWorld {
  nowMs(): number;
  hosts(): readonly Host[];
  leader(): Host | undefined;
  /** Snapshots are due after so many bytes of log. */
  readonly snapshotEveryBytes: number;
  /** Whether the newest configuration holds it. */
  isMember(raftId: number): boolean;
  /** Whether bytes pass from one machine to another at their usual pace. */
  isClear(from: number, to: number): boolean;
}

interface Due {
  /** What the machine had applied when the last snapshot was begun, and how much more makes the next one due. */
  baseBytes: number;
  afterBytes: number;
  /** Since when it is due, and nothing is in its way. */
  sinceMs: number | undefined;
}

/**
 * What must not depend on one member's disk: that the ensemble has a leader that can write, while others can; that a log does not grow
 * without snapshots, whatever its entries weigh; and that data are given up only where nobody counts on them.
 */
export class DiskWatch {
  readonly #report: Report;
  readonly #world: DiskWorld;
  readonly #due = new WeakMap<Running, Due>();
  #lookedMs = 0;
  /** The leader's label, how far its disk had come, and since when that is so though nothing but its disk is in the way. */
  #stuck = { label: 0, persistedIndex: -1, sinceMs: 0 };

  constructor(report: Report, world: DiskWorld) {
    this.#report = report;
    this.#world = world;
  }

  /** Raft runs in a new life. */
  runs({ name }: Host, { storage }: Member, running: Running): void {
    this.#followSnapshots(running);
    if (storage === undefined) return;
    const setAside = storage.setAside.bind(storage);
    storage.setAside = () => {
      const { raftId } = running.identity;
      if (this.#world.isMember(raftId))
        this.#report('nobody gives up data that others count on', `${name} (Raft id ${raftId})`);
      return setAside();
    };
  }

  #followSnapshots(running: Running): void {
    const { machine, snapshots } = running;
    const due: Due = { baseBytes: 0, afterBytes: 0, sinceMs: undefined };
    const begun = (): void => {
      due.baseBytes = machine.appliedBytes;
      due.afterBytes = Math.max(this.#world.snapshotEveryBytes, machine.tree.storedBytes);
      due.sinceMs = undefined;
    };
    begun();
    this.#due.set(running, due);
    const begin = snapshots.begin.bind(snapshots);
    snapshots.begin = (host) => {
      begin(host);
      // In the middle of an entry none is begun.
      if (!machine.isAmid) begun();
    };
    const load = snapshots.load.bind(snapshots);
    snapshots.load = async () => {
      await load();
      begun();
    };
  }

  /** Something happened. */
  look(): void {
    const nowMs = this.#world.nowMs();
    if (nowMs - this.#lookedMs < STEP_MS) return;
    this.#lookedMs = nowMs;
    this.#lookAtLeader(nowMs);
    for (const host of this.#world.hosts()) this.#lookAtSnapshots(host, nowMs);
  }

  #lookAtLeader(nowMs: number): void {
    const leader = this.#world.leader();
    const raft = leader?.member?.running?.replica.raft;
    if (leader === undefined || raft === undefined) return;
    const { label } = leader;
    const { persistedIndex, lastIndex } = raft;
    const stuck = this.#stuck;
    const isStuck =
      stuck.label === label &&
      stuck.persistedIndex === persistedIndex &&
      lastIndex > persistedIndex &&
      this.#othersCanLead(leader, raft.configuration.voters);
    if (!isStuck) this.#stuck = { label, persistedIndex, sinceMs: nowMs };
    else if (nowMs - stuck.sinceMs > HAND_OVER_MS) {
      this.#stuck = { label, persistedIndex, sinceMs: nowMs };
      const message = `${leader.name} has written nothing for ${(nowMs - stuck.sinceMs).toFixed(0)} ms`;
      this.#report('a leader that cannot write hands over while others can', message);
    }
  }

  #othersCanLead(leader: Host, voters: readonly number[]): boolean {
    const members = this.#world
      .hosts()
      .filter((host) => voters.includes(host.member?.running?.identity.raftId ?? 0));
    if (members.length < voters.length || voters.length === 1) return false;
    return members.every((host) => {
      if (host.process === undefined || host.process.stalled) return false;
      if (!members.every((other) => other === host || this.#world.isClear(host.label, other.label)))
        return false;
      return host === leader || (isWell(host) && host.member?.running?.replica.raft.isSuspect === false);
    });
  }

  #lookAtSnapshots(host: Host, nowMs: number): void {
    const running = host.member?.running;
    const due = running === undefined ? undefined : this.#due.get(running);
    if (running === undefined || due === undefined) return;
    const grownBytes = running.machine.appliedBytes - due.baseBytes;
    if (grownBytes < due.afterBytes || !isWell(host) || host.process?.stalled === true) {
      due.sinceMs = undefined;
      return;
    }
    due.sinceMs ??= nowMs;
    if (nowMs - due.sinceMs <= DUE_MS) return;
    due.sinceMs = undefined;
    const message = `${host.name} has applied ${grownBytes} bytes since the last one; one is due after ${due.afterBytes}`;
    this.#report('a log of so many bytes has a snapshot', message);
  }
}

/** Its disk does what it is asked to, and has room. */
function isWell({ disk, volume }: Host): boolean {
  const { slowRate, syncMs, writeErrorRate, syncErrorRate, descriptorErrorRate } = disk.rates;
  const isDisturbed = slowRate + syncMs + writeErrorRate + syncErrorRate + descriptorErrorRate > 0;
  if (isDisturbed || volume.hung || volume.decide !== disk.decide) return false;
  return (
    volume.capacityBytes === Number.POSITIVE_INFINITY ||
    volume.capacityBytes - volume.usedBytes() > ROOM_BYTES
  );
}
