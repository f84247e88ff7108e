import type { Context } from '../context.ts';
import { copyTo, tellCopied } from '../copying/copier.ts';
import { modelOf } from '../copying/model-of-subtree.ts';
import { makeParents } from '../copying/parents.ts';
import { checkApart } from '../copying/subtree-pair.ts';
import { ExitCode } from '../exit-codes.ts';

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
  const model = modelOf(from, () => ephemerals++, recursive === true ? undefined : 0);
  const copied = await copyTo(context, to.client, to.path, model, merge === true);
  await tellCopied(context, copied, ephemerals);
  return ExitCode.ok;
}
