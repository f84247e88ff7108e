import { Role } from 'raft-ts-lite';
import { TransferRefusal } from '../errors/error-codes.ts';
import type { Member } from '../member.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import { memberOf } from '../replica/membership/membership.ts';
import type { TransferResult } from './member-status.ts';
import { outcomeOf } from './outcome.ts';

/** Raft gives a transfer up after an election timeout; a little later nothing can come of it any more. */
const GIVE_UP_MS = 2_000;

/** Hands leadership to the member with this server id. Settles when it leads, or when it is known that it will not. */
export function transferLeadership(
  member: Member,
  scheduler: Scheduler,
  toServerId: number,
): Promise<TransferResult> {
  const replica = member.running?.replica;
  if (replica === undefined || replica.raft.role !== Role.leader) {
    return refusal(TransferRefusal.notLeader, 'only the leader can hand leadership over');
  }
  const { raft } = replica;
  if (toServerId === member.config.serverId)
    return refusal(TransferRefusal.alreadyLeader, `member ${toServerId} leads already`);
  const target = memberOf(raft.configuration, toServerId);
  if (target === undefined)
    return refusal(TransferRefusal.unknownMember, `there is no member ${toServerId} in this ensemble`);
  const refused = raft.transferLeadership(target[0]);
  replica.wake();
  switch (refused) {
    case 'not-leader':
      return refusal(TransferRefusal.notLeader, 'only the leader can hand leadership over');
    case 'no-such-voter':
      return refusal(TransferRefusal.notVoter, `member ${toServerId} is a learner: it cannot lead`);
    case 'not-connected':
      return refusal(TransferRefusal.notConnected, `member ${toServerId} is not connected`);
    case 'cannot-write':
      return refusal(TransferRefusal.cannotWrite, `the disk of member ${toServerId} takes no writes`);
    case 'transferring':
      return refusal(TransferRefusal.inProgress, 'another transfer is under way');
    default:
      return leads(target[0], raft, scheduler, toServerId);
  }
}

/** Hands leadership to some other voter before this member stops; does nothing where it does not lead or there is none. */
export async function relinquish(member: Member, scheduler: Scheduler): Promise<void> {
  const raft = member.running?.replica.raft;
  if (raft === undefined || raft.role !== Role.leader) return;
  const underWay = raft.transferee;
  const successor = underWay === 0 ? raft.bestSuccessor : underWay;
  const serverId = member.serverIdOf(successor);
  if (serverId === undefined) return;
  if (underWay === 0) await transferLeadership(member, scheduler, serverId);
  else await leads(successor, raft, scheduler, serverId);
}

async function leads(
  target: number,
  raft: { readonly leader: number; readonly transferee: number },
  scheduler: Scheduler,
  serverId: number,
): Promise<TransferResult> {
  const won = await outcomeOf(scheduler, GIVE_UP_MS, () => {
    if (raft.leader === target) return true;
    return raft.transferee === target || raft.leader === 0 ? undefined : false;
  });
  if (won === true) return { ok: true };
  return refusal(TransferRefusal.timedOut, `member ${serverId} did not take leadership over in time`);
}

function refusal(code: TransferRefusal, message: string): Promise<TransferResult> {
  return Promise.resolve({ ok: false, code, message });
}
