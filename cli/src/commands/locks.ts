import { type Client, isCoordinationError } from '@rookery/client';
import { compareLineNames, holderCount, type LineName, parseLineName } from '@rookery/client/layouts';
import {
  inOrder,
  isEphemeral,
  join,
  sessionText,
  valueJson,
  type WalkedNode,
  walk,
} from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { printable, timeText } from '../output/node-text.ts';
import { durationText } from '../quantities.ts';

/** Contenders that are looked up at a time. */
const MAX_IN_FLIGHT = 128;
/** Of a holder's value, which says who it is, for people. */
const MAX_SHOWN_CHARACTERS = 60;

interface Contender extends LineName {
  readonly node: string;
  /** undefined: it is not ephemeral, so no session's end will take it away. */
  readonly session: bigint | undefined;
  readonly sinceMs: number;
  readonly data: Buffer;
}

/** Every lock at a node or below it: who has it, and who waits, in their order. */
export async function locks(context: Context, text: string): Promise<ExitCode> {
  const { client, path } = await context.at(text);
  let found = 0;
  for await (const node of walk(client, path, { unreadable: context.unreadable })) {
    const contenders = await contendersOf(client, node);
    if (contenders.length === 0) continue;
    found++;
    const holders = holderCount(contenders);
    if (context.json) {
      await context.jsonLine({
        path: node.path,
        recipe: contenders[0]!.layout,
        holders: contenders.slice(0, holders).map(jsonOf),
        waiters: contenders.slice(holders).map(jsonOf),
      });
      continue;
    }
    await context.out.line(`${context.colours.bold(node.path)}  (${contenders[0]!.layout})`);
    for (const [index, contender] of contenders.entries())
      await context.out.line(lineOf(context, contender, index < holders));
  }
  return context.exitCodeOf(found > 0);
}

async function contendersOf(client: Client, { path, names }: WalkedNode): Promise<Contender[]> {
  const named = names
    .map((node) => ({ node, lock: parseLineName(node) }))
    .filter((each): each is { node: string; lock: LineName } => isOfLock(each.lock))
    .sort((a, b) => compareLineNames(a.lock, b.lock));
  const contenders: Contender[] = [];
  const read = inOrder(named, MAX_IN_FLIGHT, ({ node, lock }) => contenderOf(client, path, node, lock));
  for await (const contender of read) if (contender !== undefined) contenders.push(contender);
  return contenders;
}

/** Entries of queues wait for nothing. */
function isOfLock(name: LineName | undefined): name is LineName {
  return name !== undefined && name.kind !== 'entry';
}

/** undefined: it has gone meanwhile. */
async function contenderOf(
  client: Client,
  path: string,
  node: string,
  lock: LineName,
): Promise<Contender | undefined> {
  try {
    const { data, stat } = await client.get(join(path, node));
    return {
      ...lock,
      node,
      session: isEphemeral(stat) ? stat.ephemeralOwner : undefined,
      sinceMs: stat.ctime,
      data,
    };
  } catch (error) {
    if (isCoordinationError(error, 'NO_NODE')) return undefined;
    throw error;
  }
}

function jsonOf({ node, kind, session, sinceMs, data }: Contender): unknown {
  return {
    node,
    kind,
    session: session === undefined ? null : sessionText(session),
    since: new Date(sinceMs).toISOString(),
    ...valueJson(data),
  };
}

function lineOf({ colours, nowMs }: Context, contender: Contender, isHolder: boolean): string {
  const state = isHolder ? colours.green('holds') : 'waits';
  const { kind, session, sinceMs, data, node } = contender;
  const who =
    session === undefined ? 'no session, stays until it is removed' : `session ${sessionText(session)}`;
  const value = printable(data.toString('utf8')).replaceAll(/\s+/g, ' ').slice(0, MAX_SHOWN_CHARACTERS);
  const since = `since ${timeText(sinceMs)} (${durationText(nowMs() - sinceMs)})`;
  return `  ${state}  ${kind.padEnd('exclusive'.length)}  ${who}  ${since}  ${node}${value === '' ? '' : `  "${value}"`}`;
}
