import type { Context } from '../context.ts';
import type { MemberStatus } from '../ensemble-status/ensemble-status.ts';
import {
  look,
  nameOf,
  type Reached,
  reachedOf,
  reachedOrFail,
  whyUnreached,
} from '../ensemble-status/look.ts';
import { ExitCode } from '../exit-codes.ts';
import { Refusal, Unreachable, UsageError } from '../failures.ts';
import { answerOf, refusalOf } from '../members-http/json-reply.ts';

/** The leader hands over within two seconds, or gives it up. */
const TRANSFER_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

/** Who leads. */
export async function leader(context: Context): Promise<ExitCode> {
  const looked = await look(context);
  const { leader: leading, term, state } = looked.status;
  if (state === 'unreachable') throw new Unreachable(whyUnreached(looked));
  if (leading === undefined) {
    // Four-letter words tell of a follower that it is one, and not of whom.
    if (reachedOf(looked).length === 0) throw new Unreachable(whyUnreached(looked));
    throw new Unreachable('no member is known to lead; see what is: rookery status');
  }
  const { serverId, address, clientAddress, http } = leading;
  if (context.json)
    await context.jsonLine({
      leader: serverId ?? null,
      term: term ?? null,
      address: address ?? null,
      clientAddress: clientAddress ?? null,
      http: http ?? null,
    });
  else await context.out.line(`${nameOf(leading)}${clientAddress === undefined ? '' : `  ${clientAddress}`}`);
  return ExitCode.ok;
}

/** Hands leadership to a member, or to the voter that is best at it, and waits until that one says that it leads. */
export async function moveLeader(context: Context, text: string | undefined): Promise<ExitCode> {
  const looked = await look(context);
  reachedOrFail(looked);
  const from = leadingOf(reachedOf(looked));
  if (from === undefined)
    throw new Unreachable(
      'the leader was not reached, and it alone can hand over; see who it is: rookery status, and say where its HTTP is by --admin',
    );
  const was = from.answer.self.serverId;
  const to = text === undefined ? successorOf(looked.status.members) : serverIdOf(text);
  if (to === was) {
    await tell(context, to, was, false);
    return ExitCode.ok;
  }
  if (from.answer.by !== 'admin')
    throw new Refusal(
      'Apache ZooKeeper cannot be told who is to lead: stop the leader, and the others elect another one',
    );
  context.progress.show(`member ${was} hands over to member ${to}`);
  const reply = await context.http.post(from.address, '/admin/leadership', { to }, TRANSFER_TIMEOUT_MS);
  if (answerOf(reply) === undefined) throw refusalOf(`leadership stays with member ${was}`, reply);
  await untilLeads(context, to);
  await tell(context, to, was, true);
  return ExitCode.ok;
}

function leadingOf(reached: readonly Reached[]): Reached | undefined {
  const leading = reached.filter(
    ({ answer: { self } }) => self.role === 'leader' || self.role === 'standalone',
  );
  return leading.sort((a, b) => (b.answer.self.term ?? 0) - (a.answer.self.term ?? 0))[0];
}

function serverIdOf(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UsageError(`"${text}" is no id of a member; see them: rookery members`);
}

/** The voter that is ready, has room, and is the least behind. */
export function successorOf(members: readonly MemberStatus[]): number {
  const able = members.filter(
    ({ serverId, votes, role, health, disk }) =>
      serverId !== undefined && votes && role !== 'leader' && health === 'ready' && (disk?.room ?? 0) === 0,
  );
  const [best] = able.sort((a, b) => (a.lagEntries ?? 0) - (b.lagEntries ?? 0));
  if (best?.serverId === undefined)
    throw new Refusal('no other voter is known to be ready to lead; see why: rookery status');
  return best.serverId;
}

/** The former leader knows it before the new one has begun. */
async function untilLeads(context: Context, to: number): Promise<void> {
  const untilMs = context.nowMs() + TRANSFER_TIMEOUT_MS;
  while (context.nowMs() < untilMs && !context.signal.aborted) {
    const { status } = await look(context);
    if (status.leader?.serverId === to) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Unreachable(
    `leadership was handed to member ${to}, and it is not seen to lead; see what is: rookery status`,
  );
}

async function tell(context: Context, to: number, was: number | undefined, moved: boolean): Promise<void> {
  if (context.json) await context.jsonLine({ leader: to, was: was ?? null, moved });
  else if (moved) await context.out.line(`member ${to} leads now; it was member ${was}`);
  else await context.out.line(`member ${to} leads already`);
}
