import { isEphemeral, nameOf, type WalkedNode, walk } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { globPattern } from '../glob.ts';
import { statJson } from '../output/node-json.ts';
import { countText } from '../quantities.ts';

export interface FindOptions {
  readonly name?: string;
  readonly ephemeral?: boolean;
  /** Bytes. */
  readonly larger?: number;
  /** Milliseconds. */
  readonly older?: number;
}

/** The paths of the nodes for which all that was said holds. */
export async function find(context: Context, text: string, options: FindOptions): Promise<ExitCode> {
  const matches = matcherOf(options, context.nowMs());
  const { client, path } = await context.at(text);
  let seen = 0;
  let found = 0;
  for await (const node of walk(client, path, { unreadable: context.unreadable })) {
    context.progress.show(`${countText(++seen)} nodes seen`);
    if (!matches(node)) continue;
    found++;
    context.progress.clear();
    await (context.json
      ? context.jsonLine({ path: node.path, stat: statJson(node.stat) })
      : context.out.line(node.path));
  }
  return context.exitCodeOf(found > 0);
}

/** Whether a node is like that at `nowMs`. */
export function matcherOf(
  { name, ephemeral, larger, older }: FindOptions,
  nowMs: number,
): (node: Pick<WalkedNode, 'path' | 'stat'>) => boolean {
  const pattern = name === undefined ? undefined : globPattern(name);
  return ({ path, stat }) =>
    (pattern === undefined || pattern.test(nameOf(path))) &&
    (ephemeral !== true || isEphemeral(stat)) &&
    (larger === undefined || stat.dataLength > larger) &&
    (older === undefined || nowMs - stat.mtime > older);
}
