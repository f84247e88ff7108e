/** What is asked of the operator by a word in the object: it does it, as safely as it does everything, or says why it waits. */
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Refusal } from '../../failures.ts';
import { type FoundCluster, findCluster } from '../cluster/find-clusters.ts';
import { RESOURCE, RESTART_AT } from '../cluster/member-names.ts';
import type { Kubectl } from '../kubectl.ts';
import { awaited, type ChangeOptions, confirmed, isWell, refuseWhereNothingIsDone } from './change.ts';

/** Has the operator start each member anew, one at a time, the leader last. */
export async function restart(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const found = await findCluster(kubectl, cluster);
  refuseWhereNothingIsDone(found.status, 'nothing is restarted');
  if (found.status.isHibernated) throw new Refusal(`${cluster} is hibernated: no member runs`);
  const at = new Date(context.nowMs()).toISOString();
  await found.kubectl.text(['annotate', RESOURCE, cluster, '--overwrite', `${RESTART_AT}=${at}`]);
  return awaited(context, found, options, `${cluster}: the members are started anew`, (status) => {
    return isWell(status) && status.members.every(({ restartedFor }) => restartedFor === at);
  });
}

/** Has the operator stop all members, and keep their volumes. */
export async function hibernate(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const found = await findCluster(kubectl, cluster);
  refuseWhereNothingIsDone(found.status, 'it does not hibernate');
  if (found.status.state === 'asleep') return tell(context, cluster, 'is hibernated already');
  const does = 'no client is served, and all sessions end with their ephemeral nodes';
  if (!(await confirmed(context, options, `hibernate ${found.status.namespace}/${cluster}`, does)))
    return ExitCode.no;
  await setHibernated(found, true);
  return awaited(context, found, options, `${cluster} hibernates`, ({ state }) => state === 'asleep');
}

/** Has the operator start them again, with the data that they had. */
export async function wake(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const found = await findCluster(kubectl, cluster);
  refuseWhereNothingIsDone(found.status, 'it does not wake up');
  if (!found.status.isHibernated) return tell(context, cluster, 'is not hibernated');
  await setHibernated(found, false);
  return awaited(context, found, options, `${cluster} wakes up`, isWell);
}

async function setHibernated({ kubectl, status }: FoundCluster, hibernated: boolean): Promise<void> {
  const patch = JSON.stringify({ spec: { hibernated } });
  await kubectl.text(['patch', RESOURCE, status.name, '--type=merge', `--patch=${patch}`]);
}

async function tell(context: Context, cluster: string, what: string): Promise<ExitCode> {
  if (context.json) await context.jsonLine({ cluster, done: true, changed: false });
  else await context.out.line(`${cluster} ${what}`);
  return ExitCode.ok;
}
