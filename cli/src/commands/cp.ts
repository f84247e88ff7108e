import { copyTo, makeParents, modelOf, walk } from '@rookery/client/subtree';
import type { Context } from '../context.ts';
import { checkApart } from '../copying/subtree-pair.ts';
import { tellCopied } from '../copying/told.ts';
import { ExitCode } from '../exit-codes.ts';
import { countText } from '../quantities.ts';

export interface CpOptions {
  readonly recursive?: boolean;
  readonly parents?: boolean;
  readonly merge?: boolean;
}

/** Values and access lists are those of the source; versions and times are not. */
export async function cp(
  context: Context,
  fromText: string,
  toText: string,
  { recursive, parents, merge }: CpOptions,
): Promise<ExitCode> {
  const from = await context.at(fromText);
  const to = await context.at(toText);
  checkApart(from, to);
  if (parents === true) await makeParents(to.client, to.path);
  let ephemerals = 0;
  const met = walk(from.client, from.path, {
    maxDepth: recursive === true ? undefined : 0,
    leavesOut: from.isServersOwn,
  });
  const model = modelOf(from.client, from.path, met, () => ephemerals++);
  const copied = await copyTo(to.client, to.path, model, {
    merges: merge === true,
    done: (count) => context.progress.show(`${countText(count)} nodes copied`),
  });
  await tellCopied(context, copied, ephemerals);
  return ExitCode.ok;
}
