import { isUtf8 } from 'node:buffer';
import { type Client, isCoordinationError } from '@rookery/client';
import { inOrder, nameOf, type WalkedNode, walk } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { printable } from '../output/node-text.ts';
import { countText } from '../quantities.ts';

export interface GrepOptions {
  readonly ignoreCase?: boolean;
}

/** Values that are read at a time; each may have a megabyte. */
const MAX_VALUES_IN_FLIGHT = 32;

/** Where a node matches: in its name, in a line of its value, or somewhere in a value that is no text. */
export type Match =
  | { readonly where: 'name' }
  | { readonly where: 'value'; readonly line: number; readonly text: string }
  | { readonly where: 'binary' };

/** Each match of each node, as grep prints lines of files. */
export async function grep(
  context: Context,
  pattern: string,
  text: string,
  { ignoreCase }: GrepOptions,
): Promise<ExitCode> {
  const expression = expressionOf(pattern, ignoreCase === true);
  const { client, path } = await context.at(text);
  let seen = 0;
  let found = 0;
  const nodes = walk(client, path, { unreadable: context.unreadable });
  const read = inOrder(nodes, MAX_VALUES_IN_FLIGHT, async (node) => ({
    path: node.path,
    data: await readValueOf(client, node),
  }));
  for await (const node of read) {
    context.progress.show(`${countText(++seen)} nodes seen`);
    for (const match of matchesOf(expression, nameOf(node.path), node.data)) {
      found++;
      context.progress.clear();
      await (context.json
        ? context.jsonLine({ path: node.path, ...match })
        : context.out.line(lineOf(context, node.path, match)));
    }
  }
  return context.exitCodeOf(found > 0);
}

/** Pure. */
export function* matchesOf(expression: RegExp, name: string, data: Buffer): Generator<Match> {
  if (expression.test(name)) yield { where: 'name' };
  if (!isUtf8(data) || data.includes(0)) {
    if (expression.test(data.toString('latin1'))) yield { where: 'binary' };
    return;
  }
  const lines = data.toString('utf8').split('\n');
  for (const [index, text] of lines.entries())
    if (expression.test(text)) yield { where: 'value', line: index + 1, text };
}

function expressionOf(pattern: string, ignoresCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoresCase ? 'i' : '');
  } catch (error) {
    throw new UsageError(`"${pattern}" is no regular expression: ${(error as Error).message}`);
  }
}

async function readValueOf(client: Client, { path, stat }: WalkedNode): Promise<Buffer> {
  if (stat.dataLength === 0) return Buffer.alloc(0);
  try {
    return (await client.get(path)).data;
  } catch (error) {
    if (isCoordinationError(error, 'NO_NODE')) return Buffer.alloc(0);
    throw error;
  }
}

function lineOf({ colours }: Context, path: string, match: Match): string {
  const where = colours.cyan(path);
  if (match.where === 'name') return `${where} (its name)`;
  if (match.where === 'binary') return `${where} (its value, which is binary)`;
  return `${where}:${match.line}: ${printable(match.text)}`;
}
