import type { CoordinationClusterSpecInput, CoordinationClusterStatus } from '@rookery/crds';
import { planOf } from '../../../src/desired/plan.ts';
import {
  type MemberAnswer,
  type MemberStanding,
  NO_READ_REPLICAS,
  type Observed,
  type ObservedPod,
  type StatefulSet,
  type VolumeClaim,
} from '../../../src/model/observed.ts';
import {
  answerOf,
  CONTEXT,
  claimOf,
  clusterOf,
  NOTHING_FOUND,
  NOW,
  observedOf,
  podOf,
  statefulSetOf,
  THREE,
} from '../observed-world.ts';

/** One read replica: its place in Raft, and its pod. */
export interface Reader {
  /** It has a pod and no place. */
  readonly out?: true;
  /** No process has come yet under its id. */
  readonly unborn?: true;
  /** It has a place and no pod. */
  readonly gone?: true;
  readonly ready?: false;
  readonly old?: true;
  readonly deleting?: true;
  readonly connected?: false;
  readonly lag?: number;
  /** A process with an empty disk has its place. */
  readonly emptied?: true;
  readonly trouble?: string;
  readonly notReadySince?: string;
  readonly more?: Partial<ObservedPod>;
}

export interface Given {
  readonly spec?: Partial<CoordinationClusterSpecInput>;
  readonly status?: Partial<CoordinationClusterStatus>;
  readonly readers?: readonly Reader[];
  /** Of their StatefulSet; absent: one for each reader. */
  readonly made?: number | 'none';
  /** Kind of those of their objects that are not there. */
  readonly missing?: string;
  /** Of the members. */
  readonly pods?: readonly ObservedPod[];
  readonly leader?: Partial<MemberAnswer>;
  readonly claims?: readonly VolumeClaim[];
  readonly more?: Partial<Observed>;
}

function standingOf(reader: Reader, at: number): MemberStanding {
  return {
    serverId: 101 + at,
    raftId: 60 + at,
    instance: reader.unborn === true ? 0 : 1_000 + at,
    role: 'learner',
    connected: reader.connected ?? reader.unborn !== true,
    lagEntries: reader.unborn === true ? undefined : (reader.lag ?? 0),
  };
}

function podOfReader(reader: Reader, at: number): ObservedPod {
  const isHeldUp = reader.trouble !== undefined || reader.emptied === true || reader.deleting === true;
  const ready = reader.ready ?? !isHeldUp;
  const answer = answerOf(101 + at, reader.emptied === true ? 'joining' : 'learner', {
    raftId: reader.emptied === true ? 0 : 60 + at,
    clusterId: reader.emptied === true ? '' : 'c1',
    instance: reader.emptied === true ? 9_000 + at : 1_000 + at,
  });
  return podOf(100 + at, reader.trouble === undefined ? answer : 'silent', {
    ready,
    outdated: reader.old ?? false,
    deleting: reader.deleting ?? false,
    trouble: reader.trouble ?? '',
    notReadySince: ready ? '' : (reader.notReadySince ?? NOW),
    ...reader.more,
  });
}

/** The second StatefulSet, as the operator makes it for so many. */
export function readSetOf(replicas: number, spec: Partial<CoordinationClusterSpecInput> = {}): StatefulSet {
  const members = Array.from({ length: replicas }, (_, at) => standingOf({}, at));
  const leader = answerOf(1, 'leader', { readReplicas: members });
  const made = planOf(
    {
      ...NOTHING_FOUND,
      cluster: clusterOf({ ...spec, readReplicas: replicas }, { status: { clusterId: 'c1' } }),
      statefulSet: statefulSetOf(clusterOf()),
      pods: [podOf(0, leader), ...THREE.slice(1)],
    },
    CONTEXT,
  ).readReplicas.at(-1)!;
  const metadata = { ...made.metadata, uid: 'uid-read-set', resourceVersion: '3' };
  return { ...(made as StatefulSet), metadata };
}

/** Three members, the first of which leads, and read replicas. */
export function world(given: Given = {}): Observed {
  const { readers = [], made = readers.length, claims } = given;
  const places = readers.flatMap((reader, at) => (reader.out === true ? [] : [standingOf(reader, at)]));
  const members = (given.pods ?? THREE).map((pod) => {
    if (pod.report.kind === 'silent' || pod.report.answer.role !== 'leader') return pod;
    const known = places.length === 0 ? {} : { readReplicas: places };
    const answer = { ...pod.report.answer, configurationIndex: 40, ...known, ...given.leader };
    return { ...pod, report: { kind: 'answer' as const, answer } };
  });
  const pods = readers.flatMap((reader, at) => (reader.gone === true ? [] : [podOfReader(reader, at)]));
  const observed = observedOf(
    clusterOf(
      { readReplicas: readers.length, ...given.spec },
      { status: { clusterId: 'c1', ...given.status } },
    ),
    {
      pods: members,
      readReplicas: {
        ...NO_READ_REPLICAS,
        statefulSet: made === 'none' || made === 0 ? undefined : readSetOf(made),
        pods,
        volumeClaims: claims ?? pods.map(({ ordinal }) => claimOf(ordinal)),
      },
      ...given.more,
    },
  );
  const objects = observed.readReplicas.objects.map((object) =>
    object.wanted.kind === given.missing
      ? { ...object, state: 'missing' as const, found: undefined }
      : object,
  );
  return { ...observed, readReplicas: { ...observed.readReplicas, objects } };
}
