import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { printable, timeText, zxidText } from '../output/node-text.ts';
import { askPast } from '../past/ask-past.ts';
import { Following, type Told } from '../past/following.ts';
import { parametersOf, parseMoment } from '../past/moment.ts';

export interface FollowOptions {
  readonly from: string;
}

/** Of lines of an answer: access lists, of which nobody is told as they change, are not told of afterwards either. */
const SILENT: ReadonlySet<string> = new Set(['at', 'end', 'acl']);

/**
 * The changes of a subtree from a moment on, each once and none left out: those that were, from the log of a member, then those that come, as they are
 * told; and where a connection was lost, or this command was too slow for them, from the log again. Ctrl-C is its proper end.
 */
export async function follow(context: Context, text: string, { from }: FollowOptions): Promise<ExitCode> {
  const { client, path } = await context.at(text);
  const first = parametersOf(parseMoment(from, context.nowMs()), 'after');
  const following = new Following();
  const past = async (after: Readonly<Record<string, string>>, to: number): Promise<void> => {
    const parameters = { recursive: 'true', ...after, ...parametersOf({ zxid: to }, 'to') };
    for await (const line of askPast(context, 'changes', text, parameters)) {
      if (SILENT.has(line.type)) continue;
      const { type, fields } = line;
      const zxid = fields.number('zxid') ?? 0;
      const change = { type, path: line.path, zxid, timeMs: fields.number('timeMs') ?? 0 };
      if (following.isNew(change)) await tell(context, change);
    }
    following.wholeUpTo(to);
  };
  try {
    for await (const change of client.watch(path, { recursive: true, signal: context.signal })) {
      if (change.type === 'start') await past(following.zxid === 0 ? first : sinceOf(following), change.zxid);
      else if (change.type === 'missed') await past(sinceOf(following), change.toZxid);
      else if (following.isNew(change)) await tell(context, { ...change, timeMs: undefined });
      await context.out.flush();
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return ExitCode.ok;
}

/** The write that was told last may have been told in part: it is asked for again, and what was told of it is not told twice. */
function sinceOf({ zxid }: Following): Readonly<Record<string, string>> {
  return parametersOf({ zxid: Math.max(0, zxid - 1) }, 'after');
}

async function tell(context: Context, { type, path, zxid, timeMs }: Told): Promise<void> {
  // What is told as it happens comes without its time.
  const at = timeMs ?? context.nowMs();
  if (context.json) await context.jsonLine({ type, path, zxid, time: new Date(at).toISOString() });
  else
    await context.out.line(
      `${context.colours.dim(timeText(at))}  ${zxidText(zxid)}  ${type.padEnd(8)}  ${printable(path)}`,
    );
}
