import { sessionText } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { commandAt } from '../ensemble-status/ask-member.ts';
import { look, type Reached, reachedOrFail } from '../ensemble-status/look.ts';
import { ExitCode } from '../exit-codes.ts';
import { Refusal } from '../failures.ts';
import type { Fields } from '../members-http/fields.ts';
import { httpText } from '../members-http/http-address.ts';
import { TOKEN } from '../members-http/json-reply.ts';
import { printable } from '../output/node-text.ts';
import { type Column, tableHead, tableRow } from '../output/table.ts';
import { durationText } from '../quantities.ts';
import { type Session, sessionsOf } from '../sessions/sessions-of.ts';

const columns: readonly Column[] = [
  { title: 'SESSION', width: 18, align: 'left' },
  { title: 'TIMEOUT', width: 7, align: 'right' },
  { title: 'EPHEMERALS', width: 10, align: 'right' },
  { title: 'WATCHES', width: 7, align: 'right' },
  { title: 'MEMBER', width: 6, align: 'right' },
  { title: 'ADDRESS', width: 0, align: 'left' },
];

/** Every session that the members tell of: who holds it, and what goes with it. */
export async function sessions(context: Context): Promise<ExitCode> {
  const reached = reachedOrFail(await look(context));
  const told = await Promise.all(reached.map((each) => toldBy(context, each)));
  const found = sessionsOf(told.filter((each) => each !== undefined));
  const closed = reached.filter((_, at) => told[at] === undefined).map(({ address }) => httpText(address));
  if (closed.length === reached.length)
    throw new Refusal(`${closed.join(', ')}: sessions are told to whoever has the token; ${TOKEN}`);
  if (closed.length > 0) context.note(`${closed.join(', ')} did not tell of its connections: ${TOKEN}`);
  if (found.length === 0) context.note('no client has a session');
  else if (!context.json) await context.out.line(context.colours.dim(tableHead(columns)));
  for (const session of found)
    await (context.json ? context.jsonLine(jsonOf(session)) : context.out.line(lineOf(session)));
  return ExitCode.ok;
}

/** undefined: it does not tell this caller of its connections. */
async function toldBy(
  { http }: Context,
  { address, answer }: Reached,
): Promise<
  | {
      serverId: number | undefined;
      connections: Fields;
      dump?: Fields | undefined;
      watches?: Fields | undefined;
    }
  | undefined
> {
  const [connections, dump, watches] = await Promise.all(
    ['connections', 'dump', 'watches'].map((name) => commandAt(http, address, name)),
  );
  if (connections === undefined) return undefined;
  return { serverId: answer.self.serverId, connections, dump, watches };
}

function jsonOf({ id, timeoutMs, address, isSecure, member, ephemerals, watches }: Session): unknown {
  return {
    session: sessionText(id),
    timeoutMs: timeoutMs ?? null,
    address: address ?? null,
    tls: isSecure ?? null,
    member: member ?? null,
    ephemerals,
    watches,
  };
}

function lineOf({ id, timeoutMs, address, member, ephemerals, watches }: Session): string {
  return tableRow(columns, [
    sessionText(id),
    timeoutMs === undefined ? '-' : durationText(timeoutMs),
    String(ephemerals.length),
    String(watches.length),
    member === undefined ? '-' : String(member),
    address === undefined ? 'not connected' : printable(address),
  ]);
}
