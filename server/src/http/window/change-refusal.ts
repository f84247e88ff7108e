import type { ChangeResult } from '../../ensemble-report/changes.ts';
import { TransferRefusal, WindowRefusal } from '../../errors/error-codes.ts';
import { TRANSFER_HELP } from '../admin.ts';
import { HttpError } from '../errors.ts';

const HELP: Readonly<Record<WindowRefusal | TransferRefusal, string>> = {
  ...TRANSFER_HELP,
  [WindowRefusal.noSession]: 'it has ended already: look at the list again',
  [WindowRefusal.noLeader]: 'wait until a leader is elected, then ask again',
  [WindowRefusal.outcomeUnknown]: 'look whether it is done before you ask again',
  [WindowRefusal.notServing]: 'ask another member, or again once this one has read its data',
  [WindowRefusal.tooManyRequests]: 'ask again in a moment',
  [TransferRefusal.unknownMember]: 'GET /window/ensemble lists the members',
  [TransferRefusal.notLeader]: 'leadership has just changed: look who leads, and ask again',
};

/** Throws HttpError where the change was not made, or nobody knows. */
export function mustBeDone(result: ChangeResult): void {
  if (!result.ok) throw new HttpError(result.code, result.message, HELP[result.code]);
}

/** What a member answers that has not read its data yet. */
export function notServing(): HttpError {
  const { notServing: code } = WindowRefusal;
  return new HttpError(code, 'this member has not read its data yet', HELP[code]);
}

/** @param id as people write it */
export function noSession(id: string): HttpError {
  const { noSession: code } = WindowRefusal;
  return new HttpError(code, `there is no session ${id}`, HELP[code]);
}
