import type { Context } from '../context.ts';
import { Absent, Refusal } from '../failures.ts';
import { timeText, zxidText } from '../output/node-text.ts';
import { askPast } from './ask-past.ts';
import { parametersOf, parseMoment } from './moment.ts';
import { type NodeThen, nodeThenOf } from './node-then.ts';

export interface FoundThen {
  readonly node: NodeThen;
  /** The newest write of then. */
  readonly zxid: number;
  readonly timeMs: number;
}

/** The node as it was at the moment that `at` names. Throws Absent where there was none. */
export async function getThen(context: Context, location: string, at: string): Promise<FoundThen> {
  const parameters = parametersOf(parseMoment(at, context.nowMs()));
  let zxid = 0;
  let timeMs = 0;
  let found: NodeThen | undefined;
  for await (const line of askPast(context, 'node', location, parameters)) {
    if (line.type === 'at') {
      zxid = line.fields.number('zxid') ?? 0;
      timeMs = line.fields.number('timeMs') ?? 0;
    } else if (line.type === 'none')
      throw new Absent(`${line.path}: there was no such node at ${zxidText(zxid)}, of ${timeText(timeMs)}`);
    else if (line.type === 'node') found = nodeThenOf(line);
  }
  if (found === undefined)
    throw new Refusal(
      `${location}: the access lists of then and of now do not let you read it; prove who you are by --user`,
    );
  return { node: found, zxid, timeMs };
}
