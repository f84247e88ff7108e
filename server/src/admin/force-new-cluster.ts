import { aloneBy, isQuorum, type NodeId, Role } from 'raft-ts-lite';
import { ForceRefusal } from '../errors/error-codes.ts';
import type { Member } from '../member.ts';
import type { RunningReplica } from '../member-parts.ts';
import type { ForceResult } from './member-status.ts';

/**
 * Makes a new cluster of this member alone, where the majority of the former one is lost for good. Settles once that is durable here, or when it is
 * known that nothing was done. Where it was made before and nobody else votes yet, that is the answer: an answer that was lost may be asked for again.
 *
 * @param serverId whom the caller means
 * @param lastIndex of the last entry of the log that the caller saw
 */
export async function forceNewCluster(
  member: Member,
  serverId: number,
  lastIndex: number,
): Promise<ForceResult> {
  const { running, storage, config } = member;
  if (serverId !== config.serverId)
    return refuse(ForceRefusal.otherMember, `this is member ${config.serverId}, not ${serverId}`);
  if (running === undefined || storage === undefined)
    return refuse(ForceRefusal.noData, `it has no data, or has not read them yet: ${member.reason}`);
  const { raft } = running.replica;
  const made = aloneBy(raft.configuration, raft.id);
  if (made !== undefined) return { ok: true, recovery: made.number, index: made.index, term: made.term };
  const objection = objectionTo(running, member, lastIndex);
  if (objection !== undefined) return objection;
  const outcome = await member.force(running, storage, lastIndex);
  if (outcome.refused !== undefined)
    return refuse(outcome.refused, REASONS[outcome.refused], outcome.lastIndex);
  const { number, index, term } = outcome.recovery;
  return { ok: true, recovery: number, index, term };
}

const REASONS: Readonly<Record<ForceRefusal, string>> = {
  [ForceRefusal.otherMember]: 'the data on its disk are those of another member',
  [ForceRefusal.noData]: 'there are no data on its disk',
  [ForceRefusal.leaderThere]: 'a leader is there, or was a moment ago: nothing to recover',
  [ForceRefusal.quorumThere]: 'a majority of the voters is connected: nothing to recover',
  [ForceRefusal.otherLog]: 'its log ends elsewhere than the caller saw',
  [ForceRefusal.notAMember]: 'its log does not name it: it has not caught up so far as to be a member',
  [ForceRefusal.formerEnsemble]: 'its ensemble was recovered by force without it',
  [ForceRefusal.noRoom]: 'its disk has no room for one more entry',
};

function objectionTo(running: RunningReplica, member: Member, lastIndex: number): ForceResult | undefined {
  const { raft } = running.replica;
  const objectTo = (code: ForceRefusal): ForceResult => refuse(code, REASONS[code], raft.lastIndex);
  if (raft.role === Role.leader || member.standing(running).isLed) return objectTo(ForceRefusal.leaderThere);
  if (isQuorum(raft.configuration, connectedVoters(running, member)))
    return objectTo(ForceRefusal.quorumThere);
  if (member.config.provesVersion || !raft.configuration.contexts.has(raft.id))
    return objectTo(ForceRefusal.notAMember);
  return raft.lastIndex === lastIndex ? undefined : objectTo(ForceRefusal.otherLog);
}

/** Those whose Raft runs and could elect a leader, this one among them. */
function connectedVoters({ identity }: RunningReplica, { links }: Member): readonly NodeId[] {
  const there = [...links.hellos().values()].filter(
    ({ clusterId, running }) => running && clusterId === identity.clusterId,
  );
  return [identity.raftId, ...there.map(({ raftId }) => raftId)];
}

function refuse(code: ForceRefusal, message: string, lastLogIndex = 0): ForceResult {
  return { ok: false, code, message, lastLogIndex };
}
