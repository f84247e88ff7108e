import { FIRST_READ_ORDINAL, podName } from '../../model/cluster-names.ts';
import type { MembershipChange } from '../../model/membership.ts';
import {
  answersOf,
  leaderWithQuorum,
  type MemberAnswer,
  type Observed,
  type ObservedPod,
  VOTING,
} from '../../model/observed.ts';
import { isAbandoned } from '../dead-node.ts';
import { hasBegun } from '../ensemble.ts';
import { isOfFormerCluster } from '../force-new-cluster.ts';
import { hasLostItsData, placeOf } from '../membership.ts';
import { hasCaughtUp } from '../quorum.ts';
import { readReplicasInPlace } from './in-place.ts';

export type ReadReplicaChange =
  | {
      readonly kind: 'change';
      /** Nobody is promoted: who reads never votes. */
      readonly change: Exclude<MembershipChange, { readonly kind: 'promote' }>;
      readonly expectedIndex: number;
      readonly why: 'scaleUp' | 'scaleDown' | 'replace';
    }
  /** For this one, before the next change. */
  | { readonly kind: 'await'; readonly serverId: number };

/** What is next, and whom it is asked of; undefined where nothing is, or nobody could do it. */
export function nextReadReplicaChange(
  observed: Observed,
): { readonly step: ReadReplicaChange; readonly leader: ObservedPod } | undefined {
  if (!hasBegun(observed) || observed.cluster.spec.hibernated) return undefined;
  const leader = leaderWithQuorum(observed.pods);
  if (leader === undefined || leader.answer.changing) return undefined;
  const step = readReplicaChange(observed, leader.answer);
  return step === undefined ? undefined : { step, leader: leader.pod };
}

/**
 * The one change that is next among those that never vote; undefined where they are those that the spec asks for.
 *
 *   an id whose data are lost, or whose node is, goes → who is too many goes, the last first → who is missing is added, one after the other
 *
 * None of it takes anything from a majority; yet one has to be there with all that was written, or the leader would refuse it.
 *
 * @param leader answers as the leader of the newest term, with a quorum
 */
function readReplicaChange(observed: Observed, leader: MemberAnswer): ReadReplicaChange | undefined {
  const { cluster } = observed;
  const pool = readReplicasInPlace(observed);
  const wanted = Array.from({ length: cluster.spec.readReplicas }, (_, at) => FIRST_READ_ORDINAL + at + 1);
  const voters = leader.members.filter(({ role }) => VOTING.has(role));
  const behind = voters.filter((voter) => voter.serverId !== leader.serverId && !hasCaughtUp(voter));
  const members = (leader.readReplicas ?? []).filter(({ raftId }) => raftId !== 0);
  const remove = (
    { raftId, serverId }: { readonly raftId: number; readonly serverId: number },
    why: 'scaleDown' | 'replace',
  ): ReadReplicaChange => {
    const change = { kind: 'remove', raftId, serverId } as const;
    return { kind: 'change', change, expectedIndex: leader.configurationIndex, why };
  };

  const [awaited] = behind.length * 2 < voters.length ? [] : behind;
  const isAsked = (step: ReadReplicaChange): ReadReplicaChange =>
    awaited === undefined ? step : { kind: 'await', serverId: awaited.serverId };

  const lost = members.find(
    (member) => hasLostItsData(member, answersOf(pool.pods)) || isAbandoned(pool, member),
  );
  if (lost !== undefined) return isAsked(remove(lost, 'replace'));
  const surplus = members.filter(({ serverId }) => !wanted.includes(serverId)).at(-1);
  if (surplus !== undefined) return isAsked(remove(surplus, 'scaleDown'));

  const missing = wanted.find(
    (serverId) =>
      !members.some((member) => member.serverId === serverId) && !isOfFormerCluster(observed, serverId - 1),
  );
  if (missing === undefined) return undefined;
  // Each begins with all that the leader holds. One that has been there, and is away, is not waited for.
  const coming = members.find(
    (member) => !hasCaughtUp(member) && (member.instance === 0 || member.connected),
  );
  if (coming !== undefined) return { kind: 'await', serverId: coming.serverId };
  const change = { kind: 'add', member: placeOf(cluster, missing) } as const;
  return isAsked({ kind: 'change', change, expectedIndex: leader.configurationIndex, why: 'scaleUp' });
}

/** For people. */
export function describeReadReplicaChange(cluster: string, step: ReadReplicaChange): string {
  if (step.kind === 'await')
    return `${podName(cluster, step.serverId - 1)} has to be there, with all that was written, before the next change.`;
  const { change } = step;
  return change.kind === 'add'
    ? `${podName(cluster, change.member.serverId - 1)} is added, and never votes.`
    : `${podName(cluster, change.serverId - 1)} is taken out of the ensemble.`;
}
