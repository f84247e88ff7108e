import type { Copied, LostCounters } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { counted, countText } from '../quantities.ts';

const MAX_TOLD = 10;

/** Says what was copied, and what could not be kept. */
export async function tellCopied(context: Context, copied: Copied, ephemeralsLeftOut: number): Promise<void> {
  const { nodes, bytes, sequenceCounters } = copied;
  for (const line of counterNotes(sequenceCounters)) context.note(line);
  tellEphemerals(context, ephemeralsLeftOut);
  await (context.json
    ? context.jsonLine({ nodes, bytes, ephemeralsLeftOut, sequenceCounters })
    : context.out.line(`${counted(nodes, 'node')}, ${counted(bytes, 'byte')}`));
}

export function tellEphemerals(context: Context, leftOut: number): void {
  if (leftOut > 0)
    context.note(
      `${counted(leftOut, 'ephemeral node')} left out: they belong to the sessions that made them`,
    );
}

/** Of nodes that number their sequential children from a lower number on, what people are to know, a line each. */
export function counterNotes({ count, first }: LostCounters): string[] {
  if (count === 0) return [];
  const told = first.slice(0, MAX_TOLD).map(({ path, was, is }) => `  ${path}: was ${was}, is ${is}`);
  const more = count > told.length ? [`  and ${countText(count - told.length)} more`] : [];
  return [
    `${counted(count, 'node')} will number sequential children from a lower number on, for no client can set it:`,
    ...told,
    ...more,
  ];
}
