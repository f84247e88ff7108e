import type { ClusterMember } from '@rookery/crds';
import { ordinalOf, podName, readOrdinalOf } from '../model/cluster-names.ts';
import {
  type AnswerRole,
  answersOf,
  everyPod,
  type MemberAnswer,
  type MemberStanding,
  newestConfiguration,
  type Observed,
  ordinalsOf,
  VOTING,
} from '../model/observed.ts';
import { type Loss, lossOf } from './loss.ts';
import { majorityOf } from './quorum.ts';

/** `unknown`: the members that do not answer are ready, so their silence says nothing of the quorum. */
export type Quorum = 'healthy' | 'lost' | 'unknown';

/** What the members' answers amount to. */
export interface Ensemble {
  /** Pods are expected for these ordinals. */
  readonly expected: number;
  /** Every cluster id that a member reports, and the one that the status knows: more than one is two ensembles. */
  readonly clusterIds: readonly string[];
  /** Server id of the leader of the newest term that is known. */
  readonly leader: number | undefined;
  /** In the newest configuration that a member reports; empty before the cluster has begun. */
  readonly voters: readonly MemberStanding[];
  /** Voters that answer and go by that leader. */
  readonly following: number;
  readonly quorum: Quorum;
  readonly loss: Loss | undefined;
}

export function ensembleOf({ cluster, statefulSet, pods }: Observed): Ensemble {
  const answers = answersOf(pods);
  const known = [cluster.status?.clusterId ?? '', ...answers.map(({ clusterId }) => clusterId)];
  const term = Math.max(0, ...answers.map((answer) => answer.term));
  const newest = answers.filter((answer) => answer.term === term);
  const leader = newest.find(({ leader }) => leader !== undefined)?.leader;
  const voters = newestConfiguration(pods).filter(({ role }) => VOTING.has(role));
  const following = voters.filter(({ serverId }) =>
    newest.some((answer) => answer.serverId === serverId && leader !== undefined && answer.leader === leader),
  ).length;
  const silentAndReady = voters.filter(({ serverId }) =>
    pods.some((pod) => pod.ordinal + 1 === serverId && pod.ready && pod.report.kind === 'silent'),
  ).length;
  // Readiness means that a member follows a leader: a ready pod that does not answer us is our trouble, not the ensemble's.
  const readyAndSilentOnly = voters.length === 0 && pods.some(({ ready }) => ready);
  const majority = majorityOf(voters.length);
  let quorum: Quorum = 'lost';
  if (voters.length > 0 && following >= majority) quorum = 'healthy';
  else if (readyAndSilentOnly || (voters.length > 0 && following + silentAndReady >= majority))
    quorum = 'unknown';
  return {
    expected: statefulSet?.spec.replicas ?? 0,
    clusterIds: [...new Set(known.filter((id) => id !== ''))],
    leader,
    voters,
    following,
    quorum,
    loss: lossOf(
      pods,
      voters,
      cluster.status?.clusterId === undefined ? 0 : (statefulSet?.spec.replicas ?? 0),
    ),
  };
}

/** The identity of a cluster that has begun for certain: a member serves in it and knows a leader. */
export function begunClusterId({ pods }: Observed): string | undefined {
  const sure = answersOf(pods).find(
    ({ clusterId, serving, leader }) => clusterId !== '' && serving && leader !== undefined,
  );
  return sure?.clusterId;
}

/** Forced recoveries that the cluster has been through: by what was recorded, or by what is seen now and recorded next. */
export function recoveryOf({ cluster, pods }: Observed): number {
  return Math.max(cluster.status?.recovery ?? 0, ...answersOf(pods).map(({ recovery = 0 }) => recovery));
}

/** By what was recorded, or by what is seen now and recorded next: the status that records it already tells of all that the cluster lacks. */
export function hasBegun(observed: Observed): boolean {
  return observed.cluster.status?.clusterId !== undefined || begunClusterId(observed) !== undefined;
}

/** One entry for each pod that is expected or there, in the order of the ordinals. */
export function membersOf(observed: Observed): readonly ClusterMember[] {
  const { cluster, statefulSet, readReplicas } = observed;
  const { name } = cluster.metadata;
  const pods = everyPod(observed);
  const expected = [...ordinalsOf(statefulSet), ...ordinalsOf(readReplicas.statefulSet)];
  const names = new Set([
    ...expected.map((ordinal) => podName(name, ordinal)),
    ...pods.map((pod) => pod.name),
  ]);
  const standings = leadersView(answersOf(observed.pods));
  const rank = (pod: string): number => ordinalOf(name, pod) ?? readOrdinalOf(name, pod) ?? 0;
  return [...names]
    .sort((a, b) => rank(a) - rank(b))
    .map((pod): ClusterMember => {
      const found = pods.find((candidate) => candidate.name === pod);
      const answer = found?.report.kind === 'answer' ? found.report.answer : undefined;
      const standing = standings.find(({ serverId }) => serverId === rank(pod) + 1);
      const lag = shownLag(standing?.lagEntries);
      return {
        name: pod,
        id: answer?.raftId ?? standing?.raftId ?? 0,
        role: answer === undefined ? 'unknown' : SHOWN_ROLE[answer.role],
        ready: found?.ready ?? false,
        ...(answer === undefined ? {} : { version: answer.version }),
        ...(lag === undefined ? {} : { lag }),
        ...certSerialOf(answer),
      };
    });
}

function certSerialOf(answer: MemberAnswer | undefined): Pick<ClusterMember, 'certSerial'> {
  const all = answer?.certificates ?? [];
  const shown =
    all.find(({ listener }) => listener === 'members') ?? all.find(({ listener }) => listener === 'clients');
  return shown === undefined ? {} : { certSerial: shown.serial };
}

/** A candidate is a follower that has lost its leader; who has no vote yet learns. */
const SHOWN_ROLE = {
  leader: 'leader',
  follower: 'follower',
  candidate: 'follower',
  learner: 'learner',
  joining: 'learner',
  starting: 'unknown',
} as const satisfies Record<AnswerRole, ClusterMember['role']>;

/** Less is what a busy ensemble has under way at any moment. */
const LEAST_SHOWN_LAG = 1_000;

/**
 * Rounded down to a power of two, and nothing below LEAST_SHOWN_LAG: a number that changes with each look would be a write of the
 * status, and so an event of its watch, and so another look, for ever.
 */
function shownLag(entries: number | undefined): number | undefined {
  return entries === undefined || entries < LEAST_SHOWN_LAG ? undefined : 2 ** Math.floor(Math.log2(entries));
}

function leadersView(answers: readonly MemberAnswer[]): readonly MemberStanding[] {
  const leaders = answers.filter(({ role }) => role === 'leader').sort((a, b) => b.term - a.term);
  const { members = [], readReplicas = [] } = leaders[0] ?? {};
  return [...members, ...readReplicas];
}
