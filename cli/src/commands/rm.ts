import { type Client, isCoordinationError } from '@rookery/client';
import { deepestFirst, removeAll, walk } from '@rookery/client/subtree';
import type { Context, Place } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { counted, countText } from '../quantities.ts';

export interface RmOptions {
  readonly recursive?: boolean;
  readonly yes?: boolean;
  readonly version?: number;
}

export async function rm(context: Context, text: string, options: RmOptions): Promise<ExitCode> {
  const place = await context.at(text);
  if (place.path === '/') throw new UsageError('/ cannot be removed: name what is below it');
  if (options.recursive !== true) {
    await place.client.delete(place.path, { version: options.version });
    if (context.json) await context.jsonLine({ path: place.path, removed: 1 });
    return ExitCode.ok;
  }
  if (options.version !== undefined) throw new UsageError('--version goes with a single node, not with -r');
  return removeSubtree(context, place, options.yes === true);
}

async function removeSubtree(
  context: Context,
  { client, path }: Place,
  isAgreed: boolean,
): Promise<ExitCode> {
  const count = 1 + (await descendantsOf(client, path));
  if (!isAgreed) {
    const answer = await context.confirms(`Remove ${path} and all below it, ${counted(count, 'node')}?`);
    if (answer === undefined)
      throw new UsageError(
        `${path} and all below it are ${counted(count, 'node')}: say --yes to remove them, for nobody can be asked here`,
      );
    if (!answer) return ExitCode.no;
  }
  const removed = await removeAll(client, pathsOf(client, path), (done) =>
    context.progress.show(`removed ${countText(done)} of ${counted(count, 'node')}`),
  );
  if (context.json) await context.jsonLine({ path, removed });
  else if (removed !== count)
    context.note(`removed ${counted(removed, 'node')}: others changed the tree meanwhile`);
  return ExitCode.ok;
}

async function* pathsOf(client: Client, root: string): AsyncGenerator<string> {
  for await (const { path } of deepestFirst(walk(client, root))) yield path;
}

async function descendantsOf(client: Client, path: string): Promise<number> {
  try {
    return await client.countDescendants(path);
  } catch (error) {
    if (!isCoordinationError(error, 'UNIMPLEMENTED')) throw error;
  }
  // ZooKeeper before 3.6.
  let count = -1;
  for await (const _node of walk(client, path)) count++;
  return count;
}
