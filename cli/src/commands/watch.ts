import type { Change } from '@rookery/client';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { timeText, zxidText } from '../output/node-text.ts';

export interface WatchOptions {
  readonly recursive?: boolean;
}

/** One line for each change as soon as it is told. Ctrl-C is its proper end. */
export async function watch(context: Context, text: string, { recursive }: WatchOptions): Promise<ExitCode> {
  const { client, path } = await context.at(text);
  const offState = client.onState((state, why) => {
    if (state === 'suspended') context.note(`no connection: ${why}; what changes meanwhile is told later`);
    else if (state === 'lost') context.note(`the session is lost: ${why}; it goes on with a new one`);
    else if (state === 'connected') context.note(`connected again ${why}`);
  });
  try {
    for await (const change of client.watch(path, { recursive, signal: context.signal })) {
      await (context.json ? context.jsonLine(jsonOf(change)) : context.out.line(lineOf(context, change)));
      await context.out.flush();
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    offState();
  }
  return ExitCode.ok;
}

function jsonOf(change: Change): unknown {
  switch (change.type) {
    case 'start':
      return { type: 'start', path: change.path, exists: change.node !== undefined, zxid: change.zxid };
    case 'missed':
      return change;
    default:
      return { type: change.type, path: change.path, zxid: change.zxid };
  }
}

function lineOf(context: Context, change: Change): string {
  const time = context.colours.dim(timeText(context.nowMs()));
  const { path } = change;
  switch (change.type) {
    case 'start':
      return `${time}  watching  ${path}${change.node === undefined ? ' (there is no such node yet)' : ''}`;
    case 'missed':
      return `${time}  missed    ${path} (what was written from ${zxidText(change.fromZxid + 1)} to ${zxidText(change.toZxid)} was not told)`;
    default:
      return `${time}  ${painted(context, change.type)}  ${path}`;
  }
}

function painted({ colours }: Context, type: 'created' | 'deleted' | 'changed' | 'children'): string {
  const word = type.padEnd('watching'.length);
  if (type === 'created') return colours.green(word);
  return type === 'deleted' ? colours.red(word) : colours.yellow(word);
}
