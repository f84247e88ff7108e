/** What all commands have in common that change a cluster: what they refuse, what they ask, and how they wait. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Refusal, Unreachable } from '../../failures.ts';
import type { ClusterStatus } from '../cluster/cluster-status.ts';
import { type FoundCluster, findCluster } from '../cluster/find-clusters.ts';
import { RESOURCE } from '../cluster/member-names.ts';

export interface ChangeOptions {
  /** Until it is done. */
  readonly wait?: boolean;
  /** How long to wait, in ms. */
  readonly within?: number;
  /** Nobody is asked. */
  readonly yes?: boolean;
}

const POLL_MS = 1_000;
const DEFAULT_WITHIN_MS = 15 * 60_000;
/** Of what is awaited, on one line. */
const MAX_SHOWN_CHARACTERS = 160;

/** It serves as its spec says, and nothing is under way. */
export function isWell({ state, isHibernated, operation }: ClusterStatus): boolean {
  return state === 'well' && !isHibernated && operation === undefined;
}

/** Throws Refusal where the operator would leave what was asked for undone. */
export function refuseWhereNothingIsDone({ name, isPaused }: ClusterStatus, then: string): void {
  if (isPaused)
    throw new Refusal(
      `${name} is paused, so ${then}: kubectl patch ${RESOURCE} ${name} --type=merge -p '{"spec":{"paused":false}}'`,
    );
}

/** Whether whoever sits there wants it. Throws Refusal where nobody does. */
export async function confirmed(
  context: Context,
  { yes = false }: ChangeOptions,
  what: string,
  does: string,
): Promise<boolean> {
  if (yes) return true;
  const said = await context.confirms(`${what}: ${does}. Do it?`);
  if (said === undefined) throw new Refusal(`${what}: ${does}; say --yes, for nobody can be asked here`);
  return said;
}

/** Waits until the cluster is seen as it should be, unless nobody wants to. */
export async function awaited(
  context: Context,
  { kubectl, status: { name } }: FoundCluster,
  { wait = true, within = DEFAULT_WITHIN_MS }: ChangeOptions,
  asked: string,
  isDone: (status: ClusterStatus) => boolean,
): Promise<ExitCode> {
  if (!wait) {
    if (context.json) await context.jsonLine({ cluster: name, done: false, changed: true });
    else await context.out.line(`${asked}; see how far it is: kubectl rookery status ${name}`);
    return ExitCode.ok;
  }
  const untilMs = context.nowMs() + within;
  for (;;) {
    const { status } = await findCluster(kubectl, name);
    if (isDone(status)) break;
    const waits = status.waitsFor[0] ?? status.operation ?? status.phase;
    context.progress.show(`${asked}: ${waits}`.slice(0, MAX_SHOWN_CHARACTERS));
    if (context.nowMs() >= untilMs)
      throw new Unreachable(`${asked}, and it is not done yet: ${waits}; it goes on without this command`);
    await delay(POLL_MS, undefined, { signal: context.signal });
  }
  if (context.json) await context.jsonLine({ cluster: name, done: true, changed: true });
  else await context.out.line(`${asked}: done`);
  return ExitCode.ok;
}
