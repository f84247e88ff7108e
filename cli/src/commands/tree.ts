import { nameOf, walk } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { statJson } from '../output/node-json.ts';
import { countText } from '../quantities.ts';

export interface TreeOptions {
  readonly depth?: number;
}

/** A drawing of the subtree; for programs an object of each node, parents first. */
export async function tree(context: Context, text: string, { depth }: TreeOptions): Promise<ExitCode> {
  const { out, colours } = context;
  const { client, path } = await context.at(text);
  /** By depth: whether the node at hand is the last of its siblings. */
  const lasts: boolean[] = [];
  for await (const node of walk(client, path, { maxDepth: depth, unreadable: context.unreadable })) {
    if (context.json) {
      await context.jsonLine({ path: node.path, depth: node.depth, stat: statJson(node.stat) });
      continue;
    }
    const isCut = node.depth === depth && node.names.length > 0;
    const more = isCut ? `  ${colours.dim(`(${countText(node.names.length)} below)`)}` : '';
    if (node.depth === 0) {
      await out.line(`${node.path}${more}`);
      continue;
    }
    lasts.length = node.depth - 1;
    const bars = lasts.map((isLast) => (isLast ? '    ' : '│   ')).join('');
    lasts.push(node.isLast);
    await out.line(`${colours.dim(`${bars}${node.isLast ? '└── ' : '├── '}`)}${nameOf(node.path)}${more}`);
  }
  return context.exitCodeOf(true);
}
