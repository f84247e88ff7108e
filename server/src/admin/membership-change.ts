import { type ConfigurationChange, type ConfigurationRefusal, Role } from 'raft-ts-lite';
import { MAX_MEMBERS } from '../bounds/limits.ts';
import { MembershipRefusal } from '../errors/error-codes.ts';
import type { Member } from '../member.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import {
  decodeContext,
  encodeContext,
  type MemberContext,
  memberOf,
  NOBODY,
} from '../replica/membership/membership.ts';
import type { Replica } from '../replica/replica.ts';
import type { MembershipChange, MembershipResult } from './member-status.ts';
import { outcomeOf } from './outcome.ts';

/** Two rounds to a majority, and the syncs of their disks: far longer than either takes while there is a quorum. */
const GIVE_UP_MS = 10_000;

/**
 * Makes one change of the membership, as the leader. Settles once it is in force for good, or when it is known that it was not begun, or
 * that nobody knows.
 *
 * @param expectedIndex of the configuration that the caller saw: asked for twice, a change is made once
 */
export function changeMembership(
  member: Member,
  scheduler: Scheduler,
  change: MembershipChange,
  expectedIndex: number,
): Promise<MembershipResult> {
  const replica = member.running?.replica;
  if (member.config.membership !== 'admin') {
    return refuse(replica, MembershipRefusal.byFile, 'the configuration files of the members decide on it');
  }
  if (replica === undefined || replica.raft.role !== Role.leader) {
    return refuse(replica, MembershipRefusal.notLeader, 'only the leader changes the membership');
  }
  const { raft } = replica;
  if (expectedIndex !== raft.configuration.index) {
    const message = `the configuration in force is ${raft.configuration.index}, not ${expectedIndex}`;
    return refuse(replica, MembershipRefusal.staleConfiguration, message);
  }
  const asked = configurationChange(replica, change);
  if ('code' in asked) return refuse(replica, asked.code, asked.message);
  const { refused, index, added } = raft.proposeConfiguration({ expectedIndex, ...asked });
  if (refused !== undefined) return refuse(replica, ...refusalOf(refused));
  replica.wake();
  return inForce(replica, scheduler, index, added ?? ('raftId' in change ? change.raftId : 0));
}

type Asked = Omit<ConfigurationChange, 'expectedIndex'>;
type Objection = { readonly code: MembershipRefusal; readonly message: string };

function configurationChange(replica: Replica, change: MembershipChange): Asked | Objection {
  const { configuration } = replica.raft;
  if (change.kind === 'add') {
    const { serverId } = change.member;
    const there = memberOf(configuration, serverId);
    if (there !== undefined)
      return {
        code: MembershipRefusal.alreadyMember,
        message: `member ${serverId} is there, with id ${there[0]}`,
      };
    if (configuration.contexts.size >= MAX_MEMBERS)
      return {
        code: MembershipRefusal.tooManyMembers,
        message: `an ensemble has ${MAX_MEMBERS} members at most`,
      };
    const { provesVersion, ...address } = change.member;
    const context = { ...address, instance: NOBODY, ...(provesVersion === true ? { provesVersion } : {}) };
    return { add: [{ context: encodeContext(context), role: 'learner' }] };
  }
  const { raftId } = change;
  const text = configuration.contexts.get(raftId);
  if (text === undefined)
    return { code: MembershipRefusal.unknownMember, message: `no member has the id ${raftId}` };
  const votes = configuration.voters.includes(raftId);
  switch (change.kind) {
    case 'promote':
      if (votes) return { code: MembershipRefusal.alreadyVoter, message: `member ${raftId} votes already` };
      if (decodeContext(text).provesVersion === true)
        return {
          code: MembershipRefusal.provesVersion,
          message: `member ${raftId} is there to prove a version`,
        };
      return replica.isCaughtUp(raftId)
        ? { promote: [raftId] }
        : {
            code: MembershipRefusal.notCaughtUp,
            message: `member ${raftId} does not have nearly all of the log yet`,
          };
    case 'demote':
      return votes
        ? { demote: [raftId] }
        : { code: MembershipRefusal.alreadyLearner, message: `member ${raftId} has no vote` };
    case 'remove':
      return { remove: [raftId] };
    case 'move': {
      const moved: MemberContext = { ...decodeContext(text), ...change.address };
      return { update: [{ id: raftId, context: encodeContext(moved) }] };
    }
    default:
      return change satisfies never;
  }
}

/** In words for who asked: what was not looked at before. All else passes in a moment. */
function refusalOf(refused: ConfigurationRefusal): [MembershipRefusal, string] {
  switch (refused) {
    case 'no-voters':
      return [MembershipRefusal.noQuorum, 'it is the last voter'];
    case 'no-quorum-of-caught-up-voters':
      return [
        MembershipRefusal.noQuorum,
        'the voters that are there and have caught up would be no majority afterwards',
      ];
    default:
      return [MembershipRefusal.busy, `the leader cannot change it at this moment (${refused})`];
  }
}

/** Joint consensus has ended, and what it ended in has committed. Who leads may have changed meanwhile: the leader may have removed itself. */
async function inForce(
  replica: Replica,
  scheduler: Scheduler,
  index: number,
  raftId: number,
): Promise<MembershipResult> {
  const { raft } = replica;
  const isMade = await outcomeOf(scheduler, GIVE_UP_MS, () => {
    if (raft.configuration.index >= index) return raft.changeInFlight ? undefined : true;
    return raft.role === Role.leader ? undefined : false;
  });
  if (isMade === true) return { ok: true, raftId, configurationIndex: raft.configuration.index };
  const message = 'it was proposed, and did not come into force in time';
  return refuse(replica, MembershipRefusal.outcomeUnknown, message);
}

function refuse(
  replica: Replica | undefined,
  code: MembershipRefusal,
  message: string,
): Promise<MembershipResult> {
  const configurationIndex = replica?.raft.configuration.index ?? 0;
  return Promise.resolve({ ok: false, code, message, configurationIndex });
}
