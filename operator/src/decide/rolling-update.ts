import { durationMs } from '@rookery/crds';
import { podName } from '../model/cluster-names.ts';
import {
  leaderWithQuorum,
  type MemberStanding,
  type Observed,
  type ObservedPod,
  ordinalsOf,
  type StatefulSet,
  VOTING,
} from '../model/observed.ts';
import { hasBegun } from './ensemble.ts';
import { hasCaughtUp, isMajority, othersThan, successorAmong } from './quorum.ts';

/** The reason of Progressing where what was made anew does not become ready. */
export const UPDATE_STUCK = 'UpdateStuck';

export const NOT_SEEN = 'Kubernetes has yet to act on the StatefulSet as it is now';

export type RollingUpdateStep =
  /** Its StatefulSet makes it anew, as the spec is now. */
  | { readonly kind: 'restart'; readonly pod: ObservedPod }
  /** A leader that is to go hands over first. */
  | { readonly kind: 'handOver'; readonly to: number; readonly leader: ObservedPod }
  /** For this, before the next pod may go. */
  | { readonly kind: 'await'; readonly why: string };

export interface RollingUpdate {
  readonly step: RollingUpdateStep;
  /** Pods that are as the spec is now, and serve. */
  readonly updated: number;
  /** Pods that came up as the spec is now, and have not become ready in time: nothing more is restarted. */
  readonly stuck: readonly ObservedPod[];
}

/**
 * How far the pods are on their way to what the spec is now; undefined where all are as it says, or the cluster has not begun.
 *
 *   one at a time: who is not ready → learners → followers, the last first → the leader, once another one leads
 *
 * Each waits until all that were made anew are ready and have caught up, so what cannot run stops at one pod. It goes only where a majority of the
 * voters is there without it. An ensemble of one or two has none without any of its voters: its writes wait until the pod is back.
 */
export function rollingUpdateOf(observed: Observed): RollingUpdate | undefined {
  const { cluster, statefulSet, pods } = observed;
  if (!hasBegun(observed) || cluster.spec.hibernated) return undefined;
  const outdated = pods.filter((pod) => pod.outdated);
  const fresh = pods.filter((pod) => !pod.outdated);
  const settled = fresh.filter(({ ready, deleting }) => ready && !deleting);
  const isGoingOn = cluster.status?.operation?.type === 'RollingUpdate';
  if (statefulSet === undefined || !isSeen(statefulSet)) {
    const step: RollingUpdateStep = { kind: 'await', why: NOT_SEEN };
    return isGoingOn ? { step, updated: settled.length, stuck: [] } : undefined;
  }
  const expected = statefulSet.spec.replicas ?? 0;
  if (outdated.length === 0 && (!isGoingOn || settled.length >= expected)) return undefined;
  return {
    step: stepOf(observed, outdated),
    updated: settled.length,
    stuck: fresh.filter((pod) => isLate(observed, pod)),
  };
}

/** The pods that were made anew and are not there yet, or are to be; empty: none is away. */
export function whoComesBack({
  cluster,
  statefulSet,
  pods,
}: Pick<Observed, 'cluster' | 'statefulSet' | 'pods'>): string {
  const coming = pods.filter(({ outdated, ready, deleting }) => deleting || (!outdated && !ready));
  const missing = ordinalsOf(statefulSet)
    .map((ordinal) => podName(cluster.metadata.name, ordinal))
    .filter((expected) => !pods.some(({ name }) => name === expected));
  return [...coming.map(({ name }) => name), ...missing].join(', ');
}

function stepOf(observed: Observed, outdated: readonly ObservedPod[]): RollingUpdateStep {
  const { cluster, pods } = observed;
  const { name } = cluster.metadata;
  const coming = whoComesBack(observed);
  if (coming !== '') return { kind: 'await', why: `${coming} has to come back first` };
  const leader = leaderWithQuorum(pods);
  if (leader === undefined) return { kind: 'await', why: 'a leader that a majority follows has to be there' };
  if (leader.answer.changing)
    return { kind: 'await', why: 'a change of the membership has to come to its end' };
  const members = leader.answer.members.filter(({ raftId }) => raftId !== 0);
  const standingOf = (pod: ObservedPod): MemberStanding | undefined =>
    members.find(({ serverId }) => serverId === pod.ordinal + 1);

  const behind = members.filter((member) => !hasCaughtUp(member) && !isOf(outdated, member));
  if (behind.length > 0) return { kind: 'await', why: `${namesOf(name, behind)} has to catch up first` };

  const [target] = outdated.toSorted(
    (a, b) => rank(a, standingOf(a)) - rank(b, standingOf(b)) || b.ordinal - a.ordinal,
  );
  const standing = target && standingOf(target);
  if (target === undefined) return { kind: 'await', why: 'the last pod has to be ready' };
  if (standing === undefined || !VOTING.has(standing.role)) return { kind: 'restart', pod: target };

  const { others, away } = othersThan(standing, members, pods);
  const isSmall = !isMajority(others.length, others.length + 1);
  const isSafe = isSmall ? away.length === 0 : isMajority(others.length - away.length, others.length + 1);
  if (!isSafe)
    return {
      kind: 'await',
      why: `without ${target.name} there would be no majority: ${namesOf(name, away)} has to come back first`,
    };
  if (standing.serverId !== leader.answer.serverId) return { kind: 'restart', pod: target };
  const successor = successorAmong(others);
  return successor === undefined
    ? { kind: 'restart', pod: target }
    : { kind: 'handOver', to: successor.serverId, leader: leader.pod };
}

/** For people. */
export function describeRollingUpdate(
  cluster: string,
  { step, updated }: RollingUpdate,
  expected: number,
): string {
  return `${updated} of ${expected} pods are as the spec is now. ${describeStep(cluster, step)}`;
}

function describeStep(cluster: string, step: RollingUpdateStep): string {
  switch (step.kind) {
    case 'restart':
      return `${step.pod.name} is next.`;
    case 'handOver':
      return `${podName(cluster, step.to - 1)} is to lead before the leader is restarted.`;
    case 'await':
      return `Before the next: ${step.why}.`;
    default:
      return step satisfies never;
  }
}

/** Who can be spared most goes first. */
function rank({ ready }: ObservedPod, standing: MemberStanding | undefined): number {
  if (!ready || standing === undefined) return 0;
  if (standing.role === 'leader') return 3;
  return VOTING.has(standing.role) ? 2 : 1;
}

function isOf(pods: readonly ObservedPod[], { serverId }: MemberStanding): boolean {
  return pods.some(({ ordinal }) => ordinal + 1 === serverId);
}

/** Which pods are outdated is not known until its controller has seen the StatefulSet as it is now. */
export function isSeen({ metadata, status }: StatefulSet): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

/** It has not become ready within `spec.update.readyTimeout`. */
export function isLate({ cluster, now }: Observed, { ready, deleting, notReadySince }: ObservedPod): boolean {
  if (ready || deleting || notReadySince === '') return false;
  return Date.parse(now) - Date.parse(notReadySince) >= durationMs(cluster.spec.update.readyTimeout);
}

function namesOf(cluster: string, members: readonly MemberStanding[]): string {
  return members.map(({ serverId }) => podName(cluster, serverId - 1)).join(', ');
}
