import { Role } from 'raft-ts-lite';
import { outcomeOf } from '../admin/outcome.ts';
import { type TransferRefusal, WindowRefusal } from '../errors/error-codes.ts';
import type { Member } from '../member.ts';
import type { SessionId } from '../model/ids.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Ask, Heard } from './ask.ts';

/** What became of a change that was asked for at the window of this member, wherever it is carried out. */
export type ChangeResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: WindowRefusal | TransferRefusal; readonly message: string };

export interface ChangesParts {
  readonly member: Member;
  readonly ask: Ask;
  readonly scheduler: Scheduler;
}

/** A handover, or the end of a session, is given up by the leader after two seconds; its answer has as long again. */
const CHANGE_MS = 4_000;
/** So long this member's own state may take to show what the leader has done. */
const SEEN_MS = 1_000;

/** Settles once this member's own state, too, is without that session. */
export async function endSession(
  { member, ask, scheduler }: ChangesParts,
  id: SessionId,
): Promise<ChangeResult> {
  const sessions = member.running?.machine.sessions;
  const leader = leaderOf(member);
  if (sessions === undefined || leader === undefined) return noLeader();
  const heard = await ask(leader, 'endSession', { id }, CHANGE_MS);
  if (!heard.ok) return unknown(heard);
  switch (heard.answer.outcome) {
    case 'no-session':
      return refusal(WindowRefusal.noSession, `there is no session 0x${id.toString(16)}`);
    case 'not-leader':
      return noLeader();
    case 'unknown':
      return refusal(WindowRefusal.outcomeUnknown, 'the end of the session was not carried out in time');
    case 'ended':
  }
  await outcomeOf(scheduler, SEEN_MS, () => (sessions.get(id) === undefined ? true : undefined));
  return { ok: true };
}

export async function handOver({ member, ask }: ChangesParts, to: number): Promise<ChangeResult> {
  const leader = leaderOf(member);
  if (leader === undefined) return noLeader();
  const heard = await ask(leader, 'handOver', { to }, CHANGE_MS);
  if (!heard.ok) return unknown(heard);
  const { refusal: refused } = heard.answer;
  return refused === null ? { ok: true } : refusal(refused.code, refused.message);
}

/** @param members server ids of all members */
export async function drain(
  { ask }: ChangesParts,
  members: readonly number[],
  serverId: number,
  on: boolean,
): Promise<ChangeResult> {
  if (!members.includes(serverId))
    return refusal(WindowRefusal.unknownMember, `there is no member ${serverId} in this ensemble`);
  const heard = await ask(serverId, 'drain', { on }, CHANGE_MS);
  return heard.ok ? { ok: true } : unknown(heard);
}

/** Its server id, this member's own where it leads. */
function leaderOf({ running, config }: Member): number | undefined {
  if (running === undefined) return undefined;
  const { raft } = running.replica;
  return raft.role === Role.leader ? config.serverId : running.replica.leaderServerId;
}

function noLeader(): ChangeResult {
  return refusal(WindowRefusal.noLeader, 'this member knows no leader that could do it');
}

function unknown({ why }: Extract<Heard<unknown>, { ok: false }>): ChangeResult {
  return refusal(WindowRefusal.outcomeUnknown, why);
}

function refusal(code: WindowRefusal | TransferRefusal, message: string): ChangeResult {
  return { ok: false, code, message };
}
