import { NO_BYTES, OpCode } from '@rookery/protocol';
import { Role } from 'raft-ts-lite';
import { FeatureLevelRefusal } from '../errors/error-codes.ts';
import type { Member } from '../member.ts';
import type { RunningReplica } from '../member-parts.ts';
import { emptyCommandHeader, encodeCommand } from '../model/command.ts';
import { canRun, type LevelRange, tellRange } from '../model/feature-level.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { decodeContext } from '../replica/membership/membership.ts';
import type { FeatureLevelResult } from './member-status.ts';
import { outcomeOf } from './outcome.ts';

/** A round to a majority and the syncs of their disks: far longer than either takes while there is a quorum. */
const GIVE_UP_MS = 10_000;

type Objection = readonly [FeatureLevelRefusal, string];

/** A member of the configuration, and what its process can run. */
interface Capable {
  readonly serverId: number;
  /** undefined: it is not there, or another process is in its place. */
  readonly levels: LevelRange | undefined;
}

/**
 * Raises the feature level of the ensemble by one, as the leader, for good. Settles once it is in force here, or when it is known that it was not
 * begun, or that nobody knows. Where it is in force already nothing is done.
 */
export function raiseFeatureLevel(
  member: Member,
  scheduler: Scheduler,
  level: number,
): Promise<FeatureLevelResult> {
  const { running } = member;
  if (running === undefined || running.replica.raft.role !== Role.leader)
    return refuse([FeatureLevelRefusal.notLeader, 'only the leader raises the feature level']);
  if (running.machine.featureLevel === level) return Promise.resolve({ ok: true, featureLevel: level });
  const objection = objectionTo(level, running, member);
  if (objection !== undefined) return refuse(objection);
  const header = { ...emptyCommandHeader(), op: OpCode.raiseFeatureLevel, level };
  running.replica.decide(encodeCommand(header, NO_BYTES));
  return inForce(running, scheduler, level);
}

function objectionTo(level: number, running: RunningReplica, member: Member): Objection | undefined {
  const { machine, replica } = running;
  if (level !== machine.featureLevel + 1) {
    const message = `feature level ${machine.featureLevel} is in force, so the next one is ${machine.featureLevel + 1}, not ${level}`;
    return [FeatureLevelRefusal.notNext, message];
  }
  if (!replica.leading) return [FeatureLevelRefusal.busy, 'the leader has just begun to lead'];
  if (replica.raft.changeInFlight)
    return [FeatureLevelRefusal.busy, 'a change of the membership is under way'];
  const members = capableMembers(running, member);
  const away = members.filter(({ levels }) => levels === undefined);
  if (away.length > 0) {
    const message = `not connected: ${away.map(({ serverId }) => `member ${serverId}`).join(', ')}`;
    return [FeatureLevelRefusal.memberAway, message];
  }
  const old = members.filter(({ levels }) => levels !== undefined && !canRun(levels, level));
  if (old.length === 0) return undefined;
  const told = old.map(({ serverId, levels }) => `member ${serverId} runs ${tellRange(levels!)}`);
  return [FeatureLevelRefusal.memberTooOld, `not every member runs level ${level}: ${told.join(', ')}`];
}

/** All of the configuration, voters and learners, but who only proves a version. */
function capableMembers({ replica, identity }: RunningReplica, { links, levels }: Member): Capable[] {
  const hellos = links.hellos();
  return [...replica.raft.configuration.contexts].flatMap(([raftId, context]) => {
    const { serverId, provesVersion } = decodeContext(context);
    if (provesVersion === true) return [];
    if (raftId === identity.raftId) return { serverId, levels: levels.range };
    const hello = hellos.get(serverId);
    const isIt = hello?.raftId === raftId && hello.clusterId === identity.clusterId && hello.running;
    return { serverId, levels: isIt ? hello.levels : undefined };
  });
}

async function inForce(
  { machine, replica }: RunningReplica,
  scheduler: Scheduler,
  level: number,
): Promise<FeatureLevelResult> {
  const isRaised = await outcomeOf(scheduler, GIVE_UP_MS, () => {
    if (machine.featureLevel >= level) return true;
    return replica.raft.role === Role.leader ? undefined : false;
  });
  if (isRaised === true) return { ok: true, featureLevel: level };
  const message = 'it was proposed, and did not come into force here in time';
  return refuse([FeatureLevelRefusal.outcomeUnknown, message]);
}

function refuse([code, message]: Objection): Promise<FeatureLevelResult> {
  return Promise.resolve({ ok: false, code, message });
}
