import { RESERVED_SEGMENTS } from '../src/storage/free-space-monitor.ts';
import { damageNewestRecord } from './faults/disks.ts';
import { part } from './faults/network.ts';
import type { Host } from './host.ts';
import { handOver } from './operator/handover.ts';
import { type Simulation, STEADY } from './simulation.ts';
import { registerPaths } from './workload/mix.ts';
import { Script } from './workload/script.ts';

const WHOLE_AGAIN = 'the ensemble is whole again once nothing is wrong any more';
/** A transfer is given up after an election timeout, and asked for again. */
const HAND_OVER_MS = 5_000;
/** Its owner looks again how much is free within this, and may hand leadership over for what was not free before. */
const LOOK_AGAIN_MS = 2_000;
/** Room is made within this (checks/disk-watch.ts), and some writes. */
const WITHOUT_ROOM_MS = 5_000;
/** Below twice its reserve a disk is low; below it, scarce. */
const LITTLE_MORE = 1.6;
/** Clients of those that are away look for others. */
const MINORITY_MS = 10_000;
/** Longer than leadership may stay on a disk that takes nothing (checks/disk-watch.ts). */
const WITHOUT_DISK_MS = 6_000;
/** Reads go on for longer than anybody is cut off. */
const READS = 400;
const READ_PATH = registerPaths[0] as string;
const READER = 90;
const READER_HABITS = { depth: 1, thinkMs: 50, patienceMs: 4_000, ...STEADY, timeoutMs: 2_000 };
/** The session ends at the others within its timeout and an election, and their word is looked for a while after. */
const WITHOUT_MEMBER_MS = READER_HABITS.timeoutMs + 4_000;
/** Long enough for some writes; too short for a new leader. */
const MISSED_MS = 400;
/** Some elections, if anybody voted. */
const UNDECIDED_MS = 4_000;
/** Two elections, a snapshot, and some heartbeats. */
const JOIN_ANEW_MS = 8_000;
/** Members that have met say at once what they think of each other. */
const MEETING_MS = 500;

/**
 * What an ensemble does without while everything else works: what only shows where no other fault covers it. Its leader hands over; the
 * leader's disk takes nothing; a leader that was deposed meets a member that joined since; a reader is cut off together with its member; a
 * log loses what only those have that are down; a minority is away; a disk has no room for what lies on it in vain.
 */
export async function doWithout(simulation: Simulation): Promise<boolean> {
  return (
    (await withoutItsLeader(simulation)) &&
    (await withoutTheDiskOfItsLeader(simulation)) &&
    (await withoutAFormerLeader(simulation)) &&
    (await withoutAMember(simulation)) &&
    (await withoutAWholeLog(simulation)) &&
    (await withoutAMinority(simulation)) &&
    (await withoutRoom(simulation))
  );
}

async function withoutItsLeader(simulation: Simulation): Promise<boolean> {
  const prng = simulation.stream('without its leader');
  if (!prng.chance(0.5)) return true;
  const hasHandedOver = handOver(simulation.ensemble, prng);
  return simulation.within(HAND_OVER_MS, 'a leader that is well hands over', hasHandedOver);
}

/** Full or hung for longer than it may keep leadership: the watch of disks holds the ensemble to that. */
async function withoutTheDiskOfItsLeader(simulation: Simulation): Promise<boolean> {
  const { ensemble, trace } = simulation;
  const prng = simulation.stream('without the disk of its leader');
  const { leader } = ensemble;
  if (!prng.chance(0.3) || leader === undefined || ensemble.roster.voters.length === 1) return true;
  simulation.totals.add("leaders' disks that took nothing");
  if (prng.chance(0.5)) leader.volume.hang();
  else leader.volume.capacityBytes = leader.volume.usedBytes();
  trace.add(leader.name, leader.volume.hung ? 'its disk does not answer any more' : 'its disk is full');
  await simulation.runFor(WITHOUT_DISK_MS);
  leader.volume.answerAgain();
  leader.growDisk();
  trace.add(leader.name, 'its disk works again');
  await simulation.runFor(LOOK_AGAIN_MS);
  return simulation.becomesWhole(WHOLE_AGAIN);
}

/**
 * A leader loses all others but one, which loses its disk at that moment: the others elect a leader that takes it in anew, while the
 * former one believes in a configuration in which it has no place.
 */
async function withoutAFormerLeader(simulation: Simulation): Promise<boolean> {
  const { ensemble } = simulation;
  const { roster, leader } = ensemble;
  const prng = simulation.stream('without a former leader');
  const candidates = ensemble.members.filter(({ serverId }) => {
    const others = roster.voters.filter(
      (voter) => voter.serverId !== serverId && voter.serverId !== leader?.serverId,
    );
    return serverId !== leader?.serverId && others.length * 2 > roster.voters.length;
  });
  // A removal that was decided before may be under way: those that are left would be no majority of what is in force.
  if (!prng.chance(0.5) || leader === undefined || candidates.length === 0 || !ensemble.whole) return true;
  const newcomer = prng.pick(candidates);
  const raftId = newcomer.member?.running?.identity.raftId as number;
  simulation.totals.add('former leaders that met a newcomer');
  ensemble.copyMissing = true;
  newcomer.kill();
  ensemble.promises.lost(raftId);
  newcomer.wipe();
  const rest = ensemble.members.filter((host) => host !== leader && host !== newcomer);
  const mend = part(simulation, [leader], rest);
  newcomer.startAgain();
  const joined = await simulation.within(JOIN_ANEW_MS, 'a member that lost its disk joins anew', () => {
    const id = newcomer.member?.running?.identity.raftId;
    return id !== undefined && id !== raftId;
  });
  if (!joined) return false;
  await simulation.runFor(MEETING_MS);
  mend();
  return simulation.becomesWhole(WHOLE_AGAIN);
}

/** A client that only reads hears for a while of no reason to leave: the watch of those cut off holds its member to the session's timeout. */
async function withoutAMember(simulation: Simulation): Promise<boolean> {
  const { ensemble } = simulation;
  const prng = simulation.stream('without a member');
  if (!prng.chance(0.3) || ensemble.roster.voters.length === 1) return true;
  const host = prng.pick(ensemble.members);
  const reads = Array.from({ length: READS }, () => ({ kind: 'get', path: READ_PATH }) as const);
  const reader = simulation.client(READER, new Script(reads), READER_HABITS, () => [host.serverId]);
  reader.start();
  const isServed = await simulation.within(HAND_OVER_MS, 'a new client is served', () => reader.answered > 0);
  if (!isServed) return false;
  const others = ensemble.members.filter((other) => other !== host);
  const mend = part(simulation, [host], others);
  simulation.totals.add('readers cut off with their members');
  await simulation.runFor(WITHOUT_MEMBER_MS);
  mend();
  reader.stop();
  reader.leave();
  return simulation.becomesWhole(WHOLE_AGAIN);
}

/**
 * A minority misses what the others commit; then all go down, and the log of one of those others loses its newest record. With that one the
 * minority is a majority, and must not decide anything before somebody is back who has the record.
 */
async function withoutAWholeLog(simulation: Simulation): Promise<boolean> {
  const { ensemble, trace } = simulation;
  const { roster, leader } = ensemble;
  const prng = simulation.stream('without a whole log');
  if (!prng.chance(0.2) || leader === undefined || roster.voters.length < 3) return true;
  const others = ensemble.members.filter((host) => host !== leader && roster.isVoter(host.serverId));
  const learners = ensemble.members.filter((host) => !roster.isVoter(host.serverId));
  const [damaged, ...rest] = prng.sample(others, others.length) as [Host, ...Host[]];
  const apart = rest.slice(0, (roster.voters.length - 1) >> 1);
  const mend = part(simulation, apart, [leader, damaged, ...rest.slice(apart.length), ...learners]);
  await simulation.runFor(MISSED_MS);
  simulation.totals.add('logs that lost what a minority misses');
  ensemble.copyMissing = true;
  for (const host of ensemble.hosts) host.kill();
  mend();
  damageNewestRecord(damaged, trace, prng);
  for (const host of [damaged, ...apart]) host.startAgain();
  await simulation.runFor(UNDECIDED_MS);
  return simulation.becomesWhole(WHOLE_AGAIN);
}

/** The others serve everybody without it. */
async function withoutAMinority(simulation: Simulation): Promise<boolean> {
  const { ensemble } = simulation;
  const prng = simulation.stream('without a minority');
  if (!prng.chance(ensemble.settings.spares > 0 ? 0.6 : 0.1)) return true;
  const away = prng.sample(ensemble.roster.voters, (ensemble.roster.voters.length - 1) >> 1);
  for (const { serverId } of away) ensemble.host(serverId).kill();
  if (!(await simulation.servesEverybody(MINORITY_MS, 'a majority serves every client'))) return false;
  simulation.totals.add('minorities away');
  return simulation.becomesWhole(WHOLE_AGAIN);
}

/** Others fill a disk until it has what its member keeps free and little more: the watch of disks holds the member to making room. */
async function withoutRoom(simulation: Simulation): Promise<boolean> {
  const { ensemble, trace } = simulation;
  const prng = simulation.stream('without room');
  const host = prng.pick(ensemble.members);
  const machine = host.member?.running?.machine;
  if (!prng.chance(0.2) || machine === undefined) return true;
  simulation.totals.add('disks nearly full');
  const reserveBytes = RESERVED_SEGMENTS * ensemble.settings.segmentBytes + machine.snapshotBytes;
  host.volume.capacityBytes = host.volume.usedBytes() + LITTLE_MORE * reserveBytes;
  trace.add(host.name, 'its disk is nearly full');
  await simulation.runFor(WITHOUT_ROOM_MS);
  host.growDisk();
  trace.add(host.name, 'its disk has room again');
  await simulation.runFor(LOOK_AGAIN_MS);
  return simulation.becomesWhole(WHOLE_AGAIN);
}
