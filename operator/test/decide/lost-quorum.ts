import type { CoordinationClusterStatus } from '@rookery/crds';
import { decide } from '../../src/decide/decide.ts';
import { FORCE_NEW_CLUSTER_ANNOTATION } from '../../src/model/cluster-names.ts';
import type { MemberAnswer, MemberStanding, Observed, ObservedPod } from '../../src/model/observed.ts';
import type { Step } from '../../src/model/step.ts';
import { heardIn } from '../../src/observe/pods.ts';
import { answerOf, claimOf, clusterOf, observedOf, podOf, statefulSetOf } from './observed-world.ts';

const FIVE = { replicas: 5 } as const;
export const names = (serverIds: readonly number[]): readonly MemberStanding[] =>
  serverIds.map((serverId) => ({
    serverId,
    raftId: serverId,
    instance: serverId * 10,
    role: 'voter',
    connected: true,
    lagEntries: 0,
  }));

/** One of five voters that has its data and no leader. */
export function survivor(ordinal: number, more: Partial<MemberAnswer> = {}): ObservedPod {
  const log = { recovery: 0, lastLogTerm: 5, lastLogIndex: 100 + ordinal };
  const members = names([1, 2, 3, 4, 5]);
  const answer = { leader: undefined, serving: false, members, ...log, ...more };
  return podOf(ordinal, answerOf(ordinal + 1, 'candidate', answer), { ready: false });
}

/** On an empty disk: it knows of no cluster. */
export function blank(ordinal: number): ObservedPod {
  const nothing = { raftId: 0, clusterId: '', leader: undefined, serving: false, members: [] };
  return podOf(ordinal, answerOf(ordinal + 1, 'joining', nothing), { ready: false });
}

export const silent = (ordinal: number): ObservedPod => podOf(ordinal, 'its pod does not run');
export const blanks = [0, 1, 2].map(blank);
/** Three of five are lost. */
export const TWO_LEFT = [...blanks, survivor(3), survivor(4)];

interface Seen {
  readonly pods: readonly ObservedPod[];
  readonly asked?: string;
  readonly status?: CoordinationClusterStatus;
  readonly claims?: Observed['volumeClaims'];
  readonly spec?: object;
}

export function seen({ pods, asked, status = { clusterId: 'c1' }, claims, spec = {} }: Seen): Observed {
  const annotations = asked === undefined ? {} : { [FORCE_NEW_CLUSTER_ANNOTATION]: asked };
  const cluster = clusterOf({ ...FIVE, ...spec }, { status, metadata: { annotations } });
  const volumeClaims = claims ?? [0, 1, 2, 3, 4].map((ordinal) => claimOf(ordinal));
  const heard = pods.map((pod) => heardIn(cluster, pod));
  return observedOf(cluster, { pods: heard, volumeClaims, statefulSet: statefulSetOf(clusterOf(FIVE)) });
}

/** What is done, the writes of the status left out but for the last one. */
export function steps(first: Seen): { readonly step: Step; readonly status: CoordinationClusterStatus } {
  let status = first.status ?? { clusterId: 'c1' };
  for (let look = 0; look < 5; look++) {
    const step = decide(seen({ ...first, status }));
    if (step.kind !== 'writeStatus') return { step, status };
    ({ status } = step);
  }
  throw new Error('the status is written again and again');
}

export const told = (status: CoordinationClusterStatus, type: string) =>
  status.conditions?.find((condition) => condition.type === type);

export function answer({ report }: ObservedPod): MemberAnswer {
  if (report.kind === 'silent') throw new Error(`it says nothing: ${report.why}`);
  return report.answer;
}
