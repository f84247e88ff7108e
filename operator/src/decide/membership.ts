import { CLIENT_PORT, memberHost, PEER_PORT, peerHost, podName } from '../model/cluster-names.ts';
import type { MembershipChange, NewMember } from '../model/membership.ts';
import {
  answersOf,
  leaderWithQuorum,
  type MemberAnswer,
  type MemberStanding,
  type Observed,
  type ObservedPod,
} from '../model/observed.ts';
import { isAbandoned } from './dead-node.ts';
import { hasBegun } from './ensemble.ts';
import { isOfFormerCluster } from './force-new-cluster.ts';
import { hasCaughtUp, isMajority, othersThan, successorAmong } from './quorum.ts';

export type MembershipStep =
  | {
      readonly kind: 'change';
      readonly change: MembershipChange;
      /** Of the configuration that this was decided by. */
      readonly expectedIndex: number;
      readonly why: 'scaleUp' | 'scaleDown' | 'replace';
    }
  /** A leader that is to go hands over first. */
  | { readonly kind: 'handOver'; readonly to: number }
  /** For these, before the next change. */
  | { readonly kind: 'await'; readonly members: readonly number[] }
  /** What was asked for is not in force yet, and may never be: nobody can say who the members are. */
  | { readonly kind: 'inFlight' };

/** What is next, and whom it is asked of; undefined where nothing is, or nobody could do it. */
export function nextMembership(
  observed: Observed,
): { readonly step: MembershipStep; readonly leader: { readonly pod: ObservedPod } } | undefined {
  if (!hasBegun(observed) || observed.cluster.spec.hibernated) return undefined;
  const leader = leaderWithQuorum(observed.pods);
  if (leader === undefined) return undefined;
  if (leader.answer.changing) return { step: { kind: 'inFlight' }, leader };
  const step = membershipStep(observed, leader.answer);
  return step === undefined ? undefined : { step, leader };
}

/** For people. */
export function describeMembership(cluster: string, step: MembershipStep): string {
  const pod = (serverId: number): string => podName(cluster, serverId - 1);
  switch (step.kind) {
    case 'await':
      return `${step.members.map(pod).join(', ')} has to be there, with all that was written, before the next change.`;
    case 'handOver':
      return `${pod(step.to)} is to lead, before the leader goes.`;
    case 'inFlight':
      return 'A change of the membership has to come to its end.';
    case 'change':
      return describeChange(step.change, pod);
    default:
      return step satisfies never;
  }
}

function describeChange(change: MembershipChange, pod: (serverId: number) => string): string {
  switch (change.kind) {
    case 'add':
      return `${pod(change.member.serverId)} is added, without a vote at first.`;
    case 'promote':
      return `${pod(change.serverId)} gets its vote.`;
    case 'remove':
      return `${pod(change.serverId)} is taken out of the ensemble.`;
    default:
      return change satisfies never;
  }
}

/**
 * The one change of the membership that is next; undefined where the members are those that the spec asks for, or nobody can say who they are.
 *
 *   an id whose data are lost, or whose node is, goes → who is missing is added, as learners → once all of them have caught up, each gets its vote → who is too many goes, the
 *   last first
 *
 * Votes are given only when everybody is there: until then the ensemble is as safe as before, however long a new pod takes. A change that would
 * leave no majority of members that are there is not asked for, and the leader would refuse it.
 *
 * @param leader answers as the leader of the newest term, with a quorum
 */
export function membershipStep(
  observed: Observed,
  leader: MemberAnswer,
): Exclude<MembershipStep, { kind: 'inFlight' }> | undefined {
  const { cluster, pods } = observed;
  const wanted = Array.from({ length: cluster.spec.replicas }, (_, at) => at + 1);
  const members = leader.members.filter(({ raftId }) => raftId !== 0);
  const change = (asked: MembershipChange, why: 'scaleUp' | 'scaleDown' | 'replace') => ({
    kind: 'change' as const,
    change: asked,
    expectedIndex: leader.configurationIndex,
    why,
  });

  const lost = members.find(
    (member) => hasLostItsData(member, answersOf(pods)) || isAbandoned(observed, member),
  );
  if (lost !== undefined)
    return mayGo(lost, members, pods) ?? change({ kind: 'remove', ...idsOf(lost) }, 'replace');

  const missing = wanted.find(
    (serverId) =>
      !members.some((member) => member.serverId === serverId) && !isOfFormerCluster(observed, serverId - 1),
  );
  if (missing !== undefined) return change({ kind: 'add', member: placeOf(cluster, missing) }, 'scaleUp');

  const learners = members.filter(({ serverId, role }) => role === 'learner' && wanted.includes(serverId));
  const behind = learners.filter((member) => !hasCaughtUp(member));
  if (behind.length > 0) return { kind: 'await', members: behind.map(({ serverId }) => serverId) };
  const [learner] = learners;
  if (learner !== undefined)
    return mayVote(learner, members, pods) ?? change({ kind: 'promote', ...idsOf(learner) }, 'scaleUp');

  const surplus = members.filter(({ serverId }) => !wanted.includes(serverId)).at(-1);
  if (surplus === undefined) return undefined;
  const objection = mayGo(surplus, members, pods);
  if (objection !== undefined) return objection;
  if (surplus.serverId !== leader.serverId) return change({ kind: 'remove', ...idsOf(surplus) }, 'scaleDown');
  const successor = successorAmong(members.filter(({ serverId }) => wanted.includes(serverId)));
  return successor === undefined
    ? { kind: 'await', members: wanted }
    : { kind: 'handOver', to: successor.serverId };
}

/** Who has to come first, before a change. */
type Objection = Extract<MembershipStep, { kind: 'await' }>;

/** undefined: without it a majority of those that are left is there. */
function mayGo(
  member: MemberStanding,
  members: readonly MemberStanding[],
  pods: readonly ObservedPod[],
): Objection | undefined {
  const { others, away } = othersThan(member, members, pods);
  return isMajority(others.length - away.length, others.length) ? undefined : awaiting(away);
}

/** undefined: with its vote, too, a majority is there. A leader that was just elected has yet to hear from the others. */
function mayVote(
  learner: MemberStanding,
  members: readonly MemberStanding[],
  pods: readonly ObservedPod[],
): Objection | undefined {
  const { others, away } = othersThan(learner, members, pods);
  return isMajority(others.length - away.length + 1, others.length + 1) ? undefined : awaiting(away);
}

function awaiting(members: readonly MemberStanding[]): Objection {
  return { kind: 'await', members: members.map(({ serverId }) => serverId) };
}

/** Where the others and clients find who has this server id. */
export function placeOf({ metadata }: Observed['cluster'], serverId: number): NewMember {
  const pod = [metadata.name, metadata.namespace, serverId - 1] as const;
  return {
    serverId,
    host: peerHost(...pod),
    peerPort: PEER_PORT,
    clientHost: memberHost(...pod),
    clientPort: CLIENT_PORT,
  };
}

/** The process that has its place has an empty disk and is not the one that was admitted: what that one had acknowledged is not there. */
export function hasLostItsData(
  { serverId, instance }: MemberStanding,
  answers: readonly MemberAnswer[],
): boolean {
  return answers.some(
    (answer) =>
      answer.serverId === serverId &&
      answer.role === 'joining' &&
      answer.clusterId === '' &&
      instance !== 0 &&
      answer.instance !== instance,
  );
}

function idsOf({ raftId, serverId }: MemberStanding) {
  return { raftId, serverId };
}
