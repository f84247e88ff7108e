import { confirmed, inOrder, isEphemeral, makeParents, removeAll } from '@rookery/client/subtree';
import { differences } from '../comparing/differences.ts';
import { carryOut, type Doing, Mirroring } from '../comparing/mirroring.ts';
import type { Context, Place } from '../context.ts';
import { checkApart } from '../copying/subtree-pair.ts';
import { counterNotes, tellEphemerals } from '../copying/told.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failures.ts';
import { counted, countText } from '../quantities.ts';

export interface MirrorOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly parents?: boolean;
}

const MAX_ACLS_IN_FLIGHT = 64;

/** Makes b as a is: values and access lists. What only b has goes, once somebody has agreed. */
export async function mirror(
  context: Context,
  textA: string,
  textB: string,
  options: MirrorOptions,
): Promise<ExitCode> {
  const a = await context.at(textA);
  const b = await context.at(textB);
  checkApart(a, b);
  const { stat } = await a.client.get(a.path);
  if (isEphemeral(stat)) throw new UsageError(`${a.path} is an ephemeral node: nothing can be made like it`);
  const dryRun = options.dryRun === true;
  let left = 0;
  const mirroring = new Mirroring(b.path, (doing) => {
    if (doing.do === 'leave') left++;
    return tell(context, doing, dryRun);
  });
  const steps = mirroring.steps(differences(a, b));
  if (dryRun) {
    for await (const _step of steps);
    await mirroring.removals();
    tellEphemerals(context, mirroring.ephemerals);
    return ExitCode.ok;
  }
  if (options.parents === true) await makeParents(b.client, b.path);
  await carryOut(b.client, steps, (count) => context.progress.show(`${countText(count)} nodes written`));
  const removed = await removeFrom(context, b, await mirroring.removals(), options.yes === true);
  await setAcls(b, mirroring);
  const sequenceCounters = await confirmed(b.client, mirroring.counters.end());
  for (const line of counterNotes(sequenceCounters)) context.note(line);
  tellEphemerals(context, mirroring.ephemerals);
  const { created, set } = mirroring;
  const acls = mirroring.acls.length;
  await (context.json
    ? context.jsonLine({
        created,
        set,
        acls,
        removed: removed ?? 0,
        left,
        ephemeralsLeftOut: mirroring.ephemerals,
        sequenceCounters,
      })
    : context.out.line(
        `${countText(created)} created, ${countText(set)} set, ${counted(acls, 'access list')} set, ${countText(removed ?? 0)} removed`,
      ));
  return removed === undefined || left > 0 ? ExitCode.no : ExitCode.ok;
}

/** undefined: nobody agreed. */
async function removeFrom(
  context: Context,
  { client }: Place,
  paths: readonly string[],
  isAgreed: boolean,
): Promise<number | undefined> {
  if (paths.length === 0) return 0;
  const what = counted(paths.length, 'node');
  if (!isAgreed) {
    const answer = await context.confirms(
      `Remove ${what} that only the second has, ${paths.at(-1)} among them?`,
    );
    if (answer === undefined)
      throw new UsageError(
        `${what} ${paths.length === 1 ? 'is only in the second and is' : 'are only in the second and are'} to be removed: say --yes, for nobody can be asked here; all else is done`,
      );
    if (!answer) return undefined;
  }
  async function* each(): AsyncGenerator<string> {
    yield* paths;
  }
  return removeAll(client, each(), (count) =>
    context.progress.show(`removed ${countText(count)} of ${what}`),
  );
}

async function setAcls({ client }: Place, { acls }: Mirroring): Promise<void> {
  for await (const _stat of inOrder(acls, MAX_ACLS_IN_FLIGHT, ({ path, acl }) => client.setAcl(path, acl)));
}

/** What is done is told where that is asked for; what is not is always told. */
function tell(context: Context, doing: Doing, dryRun: boolean): Promise<void> | undefined {
  if (!dryRun) {
    if (doing.do === 'leave') context.note(`${doing.path} is left as it is: ${doing.why}`);
    return undefined;
  }
  if (context.json) return context.jsonLine(doing);
  const why = doing.why === undefined ? '' : `  (${doing.why})`;
  return context.out.line(`${doing.do.padEnd('create'.length)}  ${doing.path}${why}`);
}
