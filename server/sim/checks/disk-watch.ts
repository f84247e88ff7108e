import type { Member } from '../../src/member.ts';
import type { RunningReplica } from '../../src/member-parts.ts';
import { Room } from '../../src/storage/free-space-monitor.ts';
import type { Host } from '../host.ts';
import type { Report } from './report.ts';

/** Between two looks. */
const STEP_MS = 100;
/** Twice an election timeout until a disk counts as hung, an attempt to hand over, a second one, and the election. */
const HAND_OVER_MS = 3_500;
/** What is due is begun, or what is under way is ended, within this. */
const DUE_MS = 2_000;
/** The sending of a snapshot seldom takes longer. */
const BEING_SENT_MS = 10_000;
/** With less free, beside a snapshot of the state, a disk may be too full for its log. */
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

const NOBODY_STUCK = { serverId: 0, persistedIndex: -1, sinceMs: 0 };

interface Due {
  /** What the machine had applied when the last snapshot was begun, and how much more makes the next one due. */
  baseBytes: number;
  afterBytes: number;
  /** Since when it is due, and nothing is in its way. */
  sinceMs: number | undefined;
}

/**
 * What must not depend on one member's disk: that the ensemble has a leader that can write, while others can; that a log does not grow
 * without snapshots, whatever its entries weigh, and the one that is being sent stays; and that data are given up only where nobody counts on
 * them.
 */
export class DiskWatch {
  readonly #report: Report;
  readonly #world: DiskWorld;
  readonly #due = new WeakMap<RunningReplica, Due>();
  /** When its disk was last seen to have a size. */
  readonly #bounded = new WeakMap<Host, number>();
  #lookedMs = 0;
  /** The leader's server id, how far its disk had come, and since when that is so though nothing but its disk is in the way. */
  #stuck = NOBODY_STUCK;

  constructor(report: Report, world: DiskWorld) {
    this.#report = report;
    this.#world = world;
  }

  /** Raft runs in a new life. */
  runs(host: Host, { storage }: Member, running: RunningReplica): void {
    this.#followSnapshots(running);
    this.#followSent(host, running);
    if (storage === undefined) return;
    const setAside = storage.setAside.bind(storage);
    storage.setAside = () => {
      const { raftId } = running.identity;
      if (this.#world.isMember(raftId))
        this.#report('nobody gives up data that others count on', `${host.name} (Raft id ${raftId})`);
      return setAside();
    };
  }

  /** What a member far behind is being sent stays until it has arrived, however many newer ones are taken: over a slow link it never would. */
  #followSent(host: Host, { snapshots, replica: { raft } }: RunningReplica): void {
    const underWay = new Set<number>();
    const serve = snapshots.serve.bind(snapshots);
    snapshots.serve = (read, parts) => {
      if (read.index !== 0 && this.#hasLongBeenWell(host)) underWay.add(read.to);
      else underWay.delete(read.to);
      serve(read, parts);
    };
    const snapshotReadFailed = raft.snapshotReadFailed.bind(raft);
    raft.snapshotReadFailed = (to) => {
      if (underWay.has(to) && this.#hasLongBeenWell(host)) {
        const message = `${host.name} has no next piece for Raft id ${to}`;
        this.#report('a snapshot that is being sent is kept until it has arrived', message);
      }
      snapshotReadFailed(to);
    };
  }

  /** Where room was scarce what is being sent may have gone. */
  #hasLongBeenWell(host: Host): boolean {
    if (host.volume.capacityBytes !== Number.POSITIVE_INFINITY) return false;
    const boundedMs = this.#bounded.get(host) ?? Number.NEGATIVE_INFINITY;
    return !isDisturbed(host) && this.#world.nowMs() - boundedMs > BEING_SENT_MS;
  }

  #followSnapshots(running: RunningReplica): void {
    const { machine, snapshots } = running;
    const due: Due = { baseBytes: 0, afterBytes: 0, sinceMs: undefined };
    const begun = (): void => {
      due.baseBytes = machine.appliedBytes;
      due.afterBytes = Math.max(this.#world.snapshotEveryBytes, machine.tree.storedBytes);
      due.sinceMs = undefined;
    };
    begun();
    this.#due.set(running, due);
    const begin = snapshots.takeSnapshot.bind(snapshots);
    snapshots.takeSnapshot = (host) => {
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
    for (const host of this.#world.hosts()) {
      if (host.volume.capacityBytes !== Number.POSITIVE_INFINITY) this.#bounded.set(host, nowMs);
      this.#lookAtSnapshots(host, nowMs);
    }
  }

  #lookAtLeader(nowMs: number): void {
    const leader = this.#world.leader();
    const raft = leader?.member?.running?.replica.raft;
    if (leader === undefined || raft === undefined) {
      // Who leads again may have written nothing since it led before.
      this.#stuck = NOBODY_STUCK;
      return;
    }
    const { serverId } = leader;
    const { persistedIndex, lastIndex } = raft;
    const stuck = this.#stuck;
    const isStuck =
      stuck.serverId === serverId &&
      stuck.persistedIndex === persistedIndex &&
      lastIndex > persistedIndex &&
      this.#othersCanLead(leader, raft.configuration.voters);
    if (!isStuck) this.#stuck = { serverId, persistedIndex, sinceMs: nowMs };
    else if (nowMs - stuck.sinceMs > HAND_OVER_MS) {
      this.#stuck = { serverId, persistedIndex, sinceMs: nowMs };
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
      if (!members.every((other) => other === host || this.#world.isClear(host.serverId, other.serverId)))
        return false;
      return host === leader || (isWell(host) && host.member?.running?.replica.raft.isSuspect === false);
    });
  }

  #lookAtSnapshots(host: Host, nowMs: number): void {
    const running = host.member?.running;
    const due = running === undefined ? undefined : this.#due.get(running);
    if (running === undefined || due === undefined) return;
    const grownBytes = running.machine.appliedBytes - due.baseBytes;
    const isDue = grownBytes >= due.afterBytes && hasRoom(host);
    const isWanted = grownBytes > 0 && wantsRoom(host, running);
    if (!(isDue || isWanted) || isDisturbed(host) || host.process?.stalled === true) {
      due.sinceMs = undefined;
      return;
    }
    due.sinceMs ??= nowMs;
    if (nowMs - due.sinceMs <= DUE_MS) return;
    due.sinceMs = undefined;
    const since = `${host.name} has applied ${grownBytes} bytes since the last one`;
    if (isDue)
      this.#report('a log of so many bytes has a snapshot', `${since}; one is due after ${due.afterBytes}`);
    else this.#report('room is made before a disk is full', `${since}; ${freeBytesOf(host)} bytes are free`);
  }
}

/** Its disk does what it is asked to, and has room. */
function isWell(host: Host): boolean {
  return !isDisturbed(host) && hasRoom(host);
}

function isDisturbed({ disk, volume }: Host): boolean {
  const { slowRate, syncMs, writeErrorRate, syncErrorRate, descriptorErrorRate } = disk.rates;
  const rates = slowRate + syncMs + writeErrorRate + syncErrorRate + descriptorErrorRate;
  return rates > 0 || volume.hung || volume.decide !== disk.decide;
}

function freeBytesOf({ volume }: Host): number {
  return volume.capacityBytes === Number.POSITIVE_INFINITY
    ? volume.capacityBytes
    : volume.capacityBytes - volume.usedBytes();
}

function hasRoom(host: Host): boolean {
  return freeBytesOf(host) > ROOM_BYTES + (host.member?.running?.machine.snapshotBytes ?? 0);
}

/** The disk becomes full, and a snapshot would help. */
function wantsRoom({ member }: Host, { machine }: RunningReplica): boolean {
  const { storage } = member as Member;
  if (storage === undefined || storage.room === Room.ample) return false;
  return storage.wouldMakeRoom(machine.snapshotBytes) && storage.hasRoomForSnapshot(machine.snapshotBytes);
}
