import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Refusal } from '../../failures.ts';
import type { ClusterMember, ClusterStatus } from '../cluster/cluster-status.ts';
import { meets } from '../cluster/cluster-status.ts';
import { type FoundCluster, findCluster } from '../cluster/find-clusters.ts';
import type { Kubectl } from '../kubectl.ts';
import { awaited, type ChangeOptions, confirmed, isWell, refuseWhereNothingIsDone } from './change.ts';
import { memberOf } from './promote.ts';

/**
 * Gives up the volume and the pod of a member, whereupon the operator takes it out of the ensemble under its former id, adds it under a new one, and
 * promotes it once it has caught up. Refused unless all others are there: the data are theirs from then on.
 */
export async function replace(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  text: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const found = await findCluster(kubectl, cluster);
  if (found.podsUnread !== undefined) throw found.podsUnread;
  const member = memberOf(found.status, text);
  refuseWhereUnsafe(found.status, member);
  const { serverId, pod, raftId } = member;
  const claim = `data-${pod}`;
  const does = `its volume ${claim} is deleted with all data on it, and the others have it learn everything anew`;
  if (!(await confirmed(context, options, `replace member ${serverId} (${pod}) of ${cluster}`, does)))
    return ExitCode.no;
  // The claim first: it stays until its pod has gone, and the next pod must not find it.
  await deleteAsSeen(found, 'persistentvolumeclaims', claim);
  await deleteAsSeen(found, 'pods', pod);
  return awaited(context, found, options, `${cluster}: member ${serverId} is made anew`, (status) => {
    const now = status.members.find((each) => each.serverId === serverId);
    return isWell(status) && now?.ready === true && now.raftId !== raftId && now.raftId !== 0;
  });
}

/** Throws Refusal, which says what stands against it. */
export function refuseWhereUnsafe(status: ClusterStatus, member: ClusterMember): void {
  const { name, members, quorum, conditions, operation, isHibernated } = status;
  refuseWhereNothingIsDone(status, 'no member is replaced');
  const see = `see: kubectl rookery status ${name}`;
  if (isHibernated) throw new Refusal(`${name} is hibernated: no member runs that could take the data over`);
  if (member.votes && quorum.voters <= 1)
    throw new Refusal(`${member.pod} is the only voter of ${name}: its data are all there are`);
  if (!meets(conditions, 'QuorumHealthy', 'True'))
    throw new Refusal(`${name} has no quorum that the operator sees, so nothing is given up; ${see}`);
  if (operation !== undefined)
    throw new Refusal(`the operator is in the middle of ${operation}: wait for it; ${see}`);
  const away = members.filter((each) => each.serverId !== member.serverId && each.votes && !each.ready);
  if (away.length > 0)
    throw new Refusal(
      `${away.map(({ pod }) => pod).join(', ')} of ${name} ${away.length === 1 ? 'is' : 'are'} not ready, and what only ${member.pod} has would be lost with it; ${see}`,
    );
}

/** Only the object that is there now: one that somebody else has made anew meanwhile stays. */
async function deleteAsSeen({ kubectl, status }: FoundCluster, type: string, name: string): Promise<void> {
  const object = await kubectl.json(['get', type, name]);
  const uid = object.fields('metadata').text('uid');
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } };
  const path = `/api/v1/namespaces/${status.namespace}/${type}/${name}`;
  await kubectl.text(['delete', `--raw=${path}`, '--filename=-'], JSON.stringify(options));
}
