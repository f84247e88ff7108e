import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Absent, Refusal } from '../../failures.ts';
import type { ClusterMember, ClusterStatus } from '../cluster/cluster-status.ts';
import { findCluster } from '../cluster/find-clusters.ts';
import { isReadReplica, parseMember } from '../cluster/member-names.ts';
import { inMember } from '../in-member.ts';
import type { Kubectl } from '../kubectl.ts';

/** Has the leader hand over to a member, which the ensemble does by itself, and the operator leaves as it is. */
export async function promote(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  text: string,
): Promise<ExitCode> {
  const found = await findCluster(kubectl, cluster);
  const { status } = found;
  const to = ableToLead(status, memberOf(status, text));
  const from = status.members.find(({ pod }) => pod === status.leader);
  if (from === undefined)
    throw new Refusal(
      `nobody is known to lead ${cluster}, so nobody can hand over; see: kubectl rookery status ${cluster}`,
    );
  if (from.serverId === to.serverId) {
    await tell(context, to, false);
    return ExitCode.ok;
  }
  context.progress.show(`${from.pod} hands over to ${to.pod}`);
  // It waits until the new one is seen to lead.
  await inMember(found.kubectl, from, ['leader', 'move', String(to.serverId), '--json']);
  await tell(context, to, true);
  return ExitCode.ok;
}

/** Throws Absent where there is none, and Refusal where all of them sleep. */
export function memberOf(
  { name, members, isHibernated }: Pick<ClusterStatus, 'name' | 'members' | 'isHibernated'>,
  text: string,
): ClusterMember {
  const serverId = parseMember(name, text);
  // None is told of then, though their volumes are there.
  if (isHibernated && members.length === 0)
    throw new Refusal(`${name} is hibernated: no member runs; kubectl rookery wake ${name} starts them`);
  const member = members.find((each) => each.serverId === serverId);
  if (member === undefined)
    throw new Absent(`${name} has no member ${serverId}; see them: kubectl rookery status ${name}`);
  return member;
}

function ableToLead({ name }: ClusterStatus, member: ClusterMember): ClusterMember {
  const { serverId, pod, votes, ready } = member;
  if (isReadReplica(serverId))
    throw new Refusal(
      `${pod} is a read replica, and never votes: for more voters raise spec.replicas of ${name}, whose members are made and promoted by the operator`,
    );
  if (!votes) throw new Refusal(`${pod} has no vote yet: the operator gives it one once it has caught up`);
  if (!ready)
    throw new Refusal(`${pod} is not ready, and would not serve; see: kubectl rookery status ${name}`);
  return member;
}

async function tell(context: Context, { serverId, pod }: ClusterMember, moved: boolean): Promise<void> {
  if (context.json) await context.jsonLine({ leader: serverId, pod, moved });
  else await context.out.line(`member ${serverId} (${pod}) leads ${moved ? 'now' : 'already'}`);
}
