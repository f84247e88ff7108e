import { isCoordinationError, type Step } from '@rookery/client';
import { isEphemeral, walk } from '@rookery/client/subtree';
import type { Context, Place } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';
import { Refusal, UsageError } from '../failures.ts';
import { printable, zxidText } from '../output/node-text.ts';
import { parseMoment } from '../past/moment.ts';
import { subtreeThen } from '../past/subtree-then.ts';
import { type NodeNow, undoing } from '../past/undoing.ts';
import { counted } from '../quantities.ts';

export interface UndoOptions {
  readonly to: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** As long as a request may be by default, less what stands around the steps. */
const MAX_BYTES = 1_000_000;
const STEP_BYTES = 64;
const MAX_OBSTACLES_TOLD = 10;

/** Makes a subtree what it was, by one transaction. */
export async function undo(context: Context, text: string, options: UndoOptions): Promise<ExitCode> {
  const place = await context.at(text);
  if (place.path === '/') throw new UsageError('/ cannot be set back: name what is below it');
  const then = await subtreeThen(context, text, parseMoment(options.to, context.nowMs()), true);
  const now = await nodesNow(place);
  const { steps, obstacles } = undoing(then.nodes, now.nodes, new Set([...then.hidden, ...now.hidden]));
  if (obstacles.length > 0) {
    for (const { path, why } of obstacles.slice(0, MAX_OBSTACLES_TOLD))
      context.note(`${printable(path)}: ${why}`);
    throw new Refusal(
      `${place.path} cannot be set back to ${zxidText(then.zxid)} as a whole: ${counted(obstacles.length, 'node')} stand in the way; name a part of it`,
    );
  }
  checkSize(place.path, steps);
  if (options.dryRun === true || !context.json) await tell(context, steps);
  const counts = countsOf(steps);
  if (steps.length === 0) context.note(`${place.path} is what it was at ${zxidText(then.zxid)}`);
  if (steps.length === 0 || options.dryRun === true) return ExitCode.ok;
  if (options.yes !== true) {
    const question = `Set ${place.path} back to ${zxidText(then.zxid)}: ${counts.text}?`;
    const answer = await context.confirms(question);
    if (answer === undefined)
      throw new UsageError(`${question} Say --yes to do it, for nobody can be asked here`);
    if (!answer) return ExitCode.no;
  }
  await place.client.transaction(steps);
  if (context.json)
    await context.jsonLine({
      path: place.path,
      to: then.zxid,
      created: counts.create,
      set: counts.set,
      deleted: counts.delete,
    });
  return ExitCode.ok;
}

async function nodesNow({
  client,
  path,
}: Place): Promise<{ readonly nodes: Map<string, NodeNow>; readonly hidden: Set<string> }> {
  const nodes = new Map<string, NodeNow>();
  const hidden = new Set<string>();
  try {
    for await (const { path: at } of walk(client, path, { unreadable: (each) => void hidden.add(each) })) {
      if (hidden.has(at)) continue;
      const { data, stat } = await client.get(at);
      const { acl } = await client.getAcl(at);
      const { version, czxid } = stat;
      nodes.set(at, { path: at, version, czxid, isEphemeral: isEphemeral(stat), data, acl });
    }
  } catch (error) {
    if (!isCoordinationError(error, 'NO_NODE')) throw error;
    if (error.path !== path)
      throw new Refusal(`${error.path}: it went away while it was looked at; try again`, { cause: error });
  }
  return { nodes, hidden };
}

function checkSize(path: string, steps: readonly Step[]): void {
  const bytes = steps.reduce((sum, step) => sum + STEP_BYTES + step.path.length + dataBytes(step), 0);
  if (bytes > MAX_BYTES)
    throw new Refusal(
      `${path}: ${counted(steps.length, 'step')} of ${bytes} bytes are more than one transaction may be; name a part of it`,
    );
}

function dataBytes(step: Step): number {
  return 'data' in step ? Buffer.byteLength(step.data ?? '') : 0;
}

const SIGNS: Readonly<Record<Step['do'], string>> = { create: '+', set: '!', delete: '-', check: '=' };

async function tell(context: Context, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    const version = 'version' in step ? step.version : undefined;
    if (context.json) await context.jsonLine({ do: step.do, path: step.path, version: version ?? null });
    else
      await context.out.line(
        `${SIGNS[step.do]} ${printable(step.path)}${version === undefined ? '' : `  (version ${version})`}`,
      );
  }
}

function countsOf(steps: readonly Step[]): Readonly<Record<'create' | 'set' | 'delete', number>> & {
  readonly text: string;
} {
  const count = (what: Step['do']): number => steps.filter((step) => step.do === what).length;
  const counts = { create: count('create'), set: count('set'), delete: count('delete') };
  return { ...counts, text: `${counts.create} created, ${counts.set} set, ${counts.delete} deleted` };
}
