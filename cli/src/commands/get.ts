import { valueJson } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { statJson } from '../output/node-json.ts';
import { statLines } from '../output/node-text.ts';
import { listing } from '../output/table.ts';

export interface GetOptions {
  readonly stat?: boolean;
}

const NEWLINE = 0x0a;

/** The bytes of the value, and nothing else unless asked for. */
export async function get(context: Context, text: string, options: GetOptions): Promise<ExitCode> {
  const { out } = context;
  const { client, path } = await context.at(text);
  const { data, stat } = await client.get(path);
  if (context.json) {
    await context.jsonLine({ path, ...valueJson(data), stat: statJson(stat) });
    return ExitCode.ok;
  }
  await out.bytes(data);
  const endsLine = data.length === 0 || data.at(-1) === NEWLINE;
  if (!endsLine && (context.isTerminal || options.stat === true)) await out.text('\n');
  if (options.stat === true) await out.line(listing(statLines(stat)));
  return ExitCode.ok;
}
