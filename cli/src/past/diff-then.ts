import { comparePaths } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { Absent } from '../failures.ts';
import { printable } from '../output/node-text.ts';
import { parseMoments } from './moment.ts';
import type { NodeThen } from './node-then.ts';
import { subtreeThen } from './subtree-then.ts';

/** What became of a subtree between two moments: `-` for what is gone, `+` for what came, `!` and in what for what is another. */
export async function diffThen(context: Context, location: string, moments: string): Promise<ExitCode> {
  const [first, second] = parseMoments(moments, context.nowMs());
  const a = await subtreeThen(context, location, first, false);
  const b = await subtreeThen(context, location, second, false);
  if (a.nodes.size + b.nodes.size === 0)
    throw new Absent(`${location}: there was no such node at either moment, or it may not be read`);
  const paths = [...new Set([...a.nodes.keys(), ...b.nodes.keys()])].sort(comparePaths);
  let found = 0;
  for (const path of paths) {
    const is = differenceOf(a.nodes.get(path), b.nodes.get(path));
    // What may be read at one of the moments alone is not known to have come or gone.
    if (is === undefined || a.hidden.has(path) || b.hidden.has(path)) continue;
    found++;
    await tell(context, path, is);
  }
  for (const path of new Set([...a.hidden, ...b.hidden])) context.unreadable(path);
  return found === 0 ? context.exitCodeOf(true) : ExitCode.no;
}

interface Difference {
  readonly is: 'gone' | 'came' | 'differs';
  readonly in: readonly string[];
}

function differenceOf(a: NodeThen | undefined, b: NodeThen | undefined): Difference | undefined {
  if (a === undefined) return b && { is: 'came', in: [] };
  if (b === undefined) return { is: 'gone', in: [] };
  const aspects = [
    ...(a.hash === b.hash ? [] : ['value']),
    ...(a.aclHash === b.aclHash ? [] : ['acl']),
    // It was removed and made again.
    ...(a.stat.czxid === b.stat.czxid ? [] : ['made anew']),
  ];
  return aspects.length === 0 ? undefined : { is: 'differs', in: aspects };
}

async function tell(context: Context, path: string, { is, in: aspects }: Difference): Promise<void> {
  const { colours, out } = context;
  if (context.json) await context.jsonLine({ path, is, ...(is === 'differs' ? { in: aspects } : {}) });
  else if (is === 'gone') await out.line(colours.red(`- ${printable(path)}`));
  else if (is === 'came') await out.line(colours.green(`+ ${printable(path)}`));
  else await out.line(colours.yellow(`! ${printable(path)}  (${aspects.join(', ')})`));
}
