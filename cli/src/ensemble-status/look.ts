import type { Context } from '../context.ts';
import { Unreachable } from '../failures.ts';
import type { HttpAddress } from '../members-http/http-address.ts';
import { HttpFailure } from '../members-http/http-failure.ts';
import { answeredOf } from './answered.ts';
import { askMember } from './ask-member.ts';
import { assemble } from './assemble.ts';
import type { EnsembleStatus, MemberStatus } from './ensemble-status.ts';
import { type Asked, gather } from './gather.ts';
import type { MemberAnswer } from './member-answer.ts';
import { seedsOf } from './seeds.ts';

/** A member that answered by HTTP. */
export interface Reached {
  readonly address: HttpAddress;
  readonly answer: MemberAnswer;
}

export interface Look {
  readonly asked: readonly Asked[];
  readonly status: EnsembleStatus;
}

/** Asks all members how they are, once. */
export async function look(context: Context): Promise<Look> {
  const seeds = await seedsOf(context.settings, context.env);
  const ask = askMember(context.http, context.clientTls);
  const asked = await gather(seeds, ask, true);
  // Nobody was silent: they were not waited for.
  context.signal.throwIfAborted();
  return { asked, status: assemble(asked) };
}

/** Each member of the cluster once that answered by HTTP, by their server ids. */
export function reachedOf({ asked }: Look): readonly Reached[] {
  const reached = answeredOf(asked).answered.flatMap(({ http, answer }) =>
    http === undefined ? [] : [{ address: http, answer }],
  );
  return reached.sort((a, b) => (a.answer.self.serverId ?? 0) - (b.answer.self.serverId ?? 0));
}

/** The same, where there is at least one. Throws Unreachable. */
export function reachedOrFail(looked: Look): readonly Reached[] {
  const reached = reachedOf(looked);
  if (reached.length === 0) throw new Unreachable(whyUnreached(looked));
  return reached;
}

/** Why no HTTP answered, of each member, and what to do. */
export function whyUnreached({ asked }: Look): string {
  const failures = asked.flatMap(({ outcome }) => {
    const failure = outcome instanceof HttpFailure ? outcome : outcome.httpFailure;
    return failure === undefined ? [] : [failure];
  });
  const whys = failures.map(({ at, message }) => `${at}: ${message}`).join('; ');
  const does = failures.some(({ isLate }) => isLate)
    ? 'wait longer by --timeout TIME, or say where it is'
    : 'say where it is';
  return `no member's HTTP could be reached (${whys}); ${does} by --admin HOST:PORT,HOST:PORT or ROOKERY_ADMIN`;
}

export function nameOf({ serverId, http, address }: MemberStatus): string {
  return serverId === undefined ? `the member at ${http ?? address ?? '?'}` : `member ${serverId}`;
}
