import type { NodeStat } from '@rookery/client';
import { valueJson } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { statJson } from '../output/node-json.ts';
import { statLines } from '../output/node-text.ts';
import { listing } from '../output/table.ts';
import { getThen } from '../past/get-then.ts';

export interface GetOptions {
  readonly stat?: boolean;
  /** The moment of the past that is asked about. */
  readonly at?: string;
}

const NEWLINE = 0x0a;

/** The bytes of the value, and nothing else unless asked for. */
export async function get(context: Context, text: string, options: GetOptions): Promise<ExitCode> {
  const { out } = context;
  const { path, data, stat } = await (options.at === undefined
    ? getNow(context, text)
    : getAt(context, text, options.at));
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

interface Got {
  readonly path: string;
  readonly data: Buffer;
  readonly stat: NodeStat;
}

async function getNow(context: Context, text: string): Promise<Got> {
  const { client, path } = await context.at(text);
  return { path, ...(await client.get(path)) };
}

async function getAt(context: Context, text: string, at: string): Promise<Got> {
  const { node } = await getThen(context, text, at);
  return { path: node.path, data: node.value ?? Buffer.alloc(0), stat: node.stat };
}
