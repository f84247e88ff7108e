import { Role } from 'raft-ts-lite';
import { CheckpointRefusal } from '../errors/error-codes.ts';
import type { Member } from '../member.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { CheckpointResult, CheckpointView } from './member-status.ts';
import { outcomeOf } from './outcome.ts';

/** A round to a majority and the syncs of their disks: far longer than either takes while there is a quorum. */
const GIVE_UP_MS = 10_000;

/** Of who has left the configuration since, nothing is told. */
export function checkpointsOf(member: Member): readonly CheckpointView[] {
  const known = member.running?.checkpoints.known() ?? [];
  return known.map(({ index, digests }) => ({
    index,
    digests: [...digests]
      .flatMap(([raftId, digest]) => {
        const serverId = member.serverIdOf(raftId);
        return serverId === undefined ? [] : [{ serverId, raftId, digest }];
      })
      .sort((a, b) => a.serverId - b.serverId),
  }));
}

/** Logs a checkpoint, whether anything was written since the last one or not: on an ensemble that is idle none is due. */
export async function checkpointNow(member: Member, scheduler: Scheduler): Promise<CheckpointResult> {
  const { running } = member;
  if (running === undefined || running.replica.raft.role !== Role.leader)
    return refuse(CheckpointRefusal.notLeader, 'only the leader logs checkpoints');
  const { replica, checkpoints } = running;
  if (!replica.leading) return refuse(CheckpointRefusal.busy, 'the leader has just begun to lead');
  // One that was under way already would not cover what the caller saw.
  const { lastIndex } = replica.raft;
  checkpoints.proposeNow(replica);
  const logged = await outcomeOf(scheduler, GIVE_UP_MS, () => {
    const own = checkpoints.own().findLast(({ index }) => index > lastIndex);
    if (own !== undefined) return own;
    return replica.raft.role === Role.leader ? undefined : false;
  });
  if (typeof logged === 'object') return { ok: true, ...logged };
  const message = 'it was proposed, and was not applied here in time';
  return refuse(CheckpointRefusal.outcomeUnknown, message);
}

function refuse(code: CheckpointRefusal, message: string): CheckpointResult {
  return { ok: false, code, message };
}
