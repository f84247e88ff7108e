import { below, isEphemeral } from '@rookery/client/subtree';
import { differences } from '../comparing/differences.ts';
import type { Context } from '../context.ts';
import { tellEphemerals } from '../copying/told.ts';
import { ExitCode } from '../exit-codes.ts';
import { diffThen } from '../past/diff-then.ts';

/** `-` for what only a has, `+` for what only b has, `!` and in what for what differs. */
export async function diff(context: Context, textA: string, textB: string): Promise<ExitCode> {
  if (textB.startsWith('@')) return diffThen(context, textA, textB);
  const { colours, out } = context;
  const a = await context.at(textA);
  const b = await context.at(textB);
  // Both have to be there: a name that was mistyped is no difference.
  await Promise.all([a.client.get(a.path), b.client.get(b.path)]);
  let found = 0;
  let ephemerals = 0;
  for await (const difference of differences(a, b)) {
    const { pair } = difference;
    for (const node of [pair.a, pair.b]) if (node !== undefined && isEphemeral(node.stat)) ephemerals++;
    if (difference.is === 'same' || difference.is === 'left-out') continue;
    found++;
    const aspects = difference.is === 'differs' ? difference.in : undefined;
    if (context.json) {
      await context.jsonLine({ path: pair.relative, is: difference.is, ...(aspects && { in: aspects }) });
      continue;
    }
    const path = below('/', pair.relative);
    if (difference.is === 'only-a') await out.line(colours.red(`- ${path}`));
    else if (difference.is === 'only-b') await out.line(colours.green(`+ ${path}`));
    else await out.line(colours.yellow(`! ${path}  (${aspects?.join(', ')})`));
  }
  tellEphemerals(context, ephemerals);
  return found === 0 ? ExitCode.ok : ExitCode.no;
}
