/** What a CoordinationCluster and its pods tell of an ensemble: nobody but the API server is asked. Pure. */
import { type Quorum, quorumOf } from '../../ensemble-status/quorum.ts';
import type { Fields } from '../../members-http/fields.ts';
import { CONTAINER, isReadReplica, RESTART_AT, serverIdOf } from './member-names.ts';

/**
 * well       as its spec says
 * degraded   it serves, and something is missing, under way, or waits for somebody
 * no-quorum  nothing can be written
 * asleep     hibernated, as it should be
 */
export type ClusterState = 'well' | 'degraded' | 'no-quorum' | 'asleep';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** RFC 3339. */
  readonly since: string;
}

export interface ClusterMember {
  readonly serverId: number;
  readonly pod: string;
  /** In the ensemble's own configuration, used once; 0: it has none. */
  readonly raftId: number;
  /** As the operator last saw it: leader, follower, learner or unknown. */
  readonly role: string;
  readonly votes: boolean;
  readonly ready: boolean;
  readonly version: string | undefined;
  readonly lagEntries: number | undefined;
  /** Of the pod: its phase, or why its container waits; `absent` where there is none, `-` where that could not be seen. */
  readonly podState: string;
  readonly restarts: number | undefined;
  readonly node: string | undefined;
  /** RFC 3339. */
  readonly podSince: string | undefined;
  /** The restart that was asked for last when its pod was made; undefined: none was. */
  readonly restartedFor: string | undefined;
}

export interface ClusterStatus {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly state: ClusterState;
  readonly phase: string;
  readonly quorum: Quorum;
  readonly version: { readonly wanted: string; readonly running: string | undefined };
  readonly featureLevel: number | undefined;
  /** Its pod. */
  readonly leader: string | undefined;
  readonly members: readonly ClusterMember[];
  readonly conditions: readonly Condition[];
  /** What the operator is in the middle of, and how far it is. */
  readonly operation: string | undefined;
  /** What stands between the cluster and its spec, the most pressing first; empty: nothing. */
  readonly waitsFor: readonly string[];
  readonly endpoints: { readonly client: string | undefined; readonly read: string | undefined };
  readonly isHibernated: boolean;
  readonly isPaused: boolean;
}

/** Conditions whose message tells what is awaited while they have this status, the most pressing first. */
const PRESSING: readonly (readonly [type: string, status: string])[] = [
  ['Stalled', 'True'],
  ['QuorumHealthy', 'False'],
  ['Progressing', 'True'],
  ['Degraded', 'True'],
  ['TLSReady', 'False'],
  ['ReadReplicasReady', 'False'],
  ['Paused', 'True'],
];

/** @param pods undefined: they may not be read */
export function clusterStatusOf(cluster: Fields, pods: readonly Fields[] | undefined): ClusterStatus {
  const metadata = cluster.fields('metadata');
  const spec = cluster.fields('spec');
  const status = cluster.fields('status');
  const name = metadata.text('name') ?? '';
  const conditions = status.list('conditions').map(conditionOf);
  const members = membersOf(name, status, pods);
  const leader = status.text('leader');
  const isSeen = (status.number('observedGeneration') ?? -1) >= (metadata.number('generation') ?? 0);
  const voters = status.number('voters') ?? 0;
  const up = members.filter(({ votes, ready }) => votes && ready).length;
  const isHibernated = spec.truth('hibernated') === true;
  const found = { conditions, isSeen, isHibernated };
  return {
    name,
    namespace: metadata.text('namespace') ?? '',
    uid: metadata.text('uid') ?? '',
    state: stateOf(found),
    phase: status.text('phase') ?? 'Unknown',
    quorum: quorumOf(voters, Math.min(up, voters), leader !== undefined),
    version: { wanted: spec.text('version') ?? '?', running: status.text('currentVersion') },
    featureLevel: status.number('featureLevel'),
    leader,
    members,
    conditions,
    operation: operationOf(status.fields('operation')),
    waitsFor: waitsFor(found),
    endpoints: {
      client: status.fields('endpoints').text('client'),
      read: status.fields('endpoints').text('read'),
    },
    isHibernated,
    isPaused: spec.truth('paused') === true,
  };
}

/** Whether a condition is there and has that status. */
export function meets(conditions: readonly Condition[], type: string, status: string): boolean {
  return conditions.some((each) => each.type === type && each.status === status);
}

function conditionOf(fields: Fields): Condition {
  return {
    type: fields.text('type') ?? '',
    status: fields.text('status') ?? 'Unknown',
    reason: fields.text('reason') ?? '',
    message: fields.text('message') ?? '',
    since: fields.text('lastTransitionTime') ?? '',
  };
}

interface Found {
  readonly conditions: readonly Condition[];
  /** Whether the operator has looked at the spec as it is now. */
  readonly isSeen: boolean;
  readonly isHibernated: boolean;
}

function stateOf({ conditions, isSeen, isHibernated }: Found): ClusterState {
  const isWell = isSeen && meets(conditions, 'Ready', 'True') && !meets(conditions, 'Stalled', 'True');
  if (isHibernated) return isWell ? 'asleep' : 'degraded';
  if (meets(conditions, 'QuorumHealthy', 'False') || meets(conditions, 'Available', 'False'))
    return 'no-quorum';
  return isWell ? 'well' : 'degraded';
}

function waitsFor({ conditions, isSeen }: Found): string[] {
  const told = PRESSING.flatMap(([type, status]) =>
    conditions.filter((each) => each.type === type && each.status === status && each.message !== ''),
  ).map(({ message }) => message);
  const unseen = isSeen ? [] : ['The operator has not looked at the spec as it is now: does it run?'];
  return [...new Set([...unseen, ...told])];
}

function operationOf(operation: Fields): string | undefined {
  const type = operation.text('type');
  if (type === undefined) return undefined;
  const target = operation.text('target');
  const step = operation.text('step');
  return `${type}${target === undefined ? '' : ` of ${target}`}${step === undefined ? '' : `: ${step}`}`;
}

/** Those that the operator knows, and pods that it has not told of yet. */
function membersOf(cluster: string, status: Fields, pods: readonly Fields[] | undefined): ClusterMember[] {
  const podOf = new Map((pods ?? []).map((pod) => [pod.fields('metadata').text('name') ?? '', pod]));
  const told = status.list('members');
  const names = new Set([...told.map((each) => each.text('name') ?? ''), ...podOf.keys()]);
  return [...names]
    .flatMap((pod) => {
      const serverId = serverIdOf(cluster, pod);
      if (serverId === undefined) return [];
      const member = told.find((each) => each.text('name') === pod);
      return [
        {
          ...memberOf(serverId, pod, member, podOf.get(pod)),
          ...(pods === undefined ? { podState: '-' } : {}),
        },
      ];
    })
    .sort((a, b) => a.serverId - b.serverId);
}

function memberOf(
  serverId: number,
  pod: string,
  told: Fields | undefined,
  found: Fields | undefined,
): ClusterMember {
  const role = told?.text('role') ?? 'unknown';
  const raftId = told?.number('id') ?? 0;
  return {
    serverId,
    pod,
    raftId,
    role,
    votes: !isReadReplica(serverId) && role !== 'learner' && raftId !== 0,
    ready: told?.truth('ready') ?? false,
    version: told?.text('version'),
    lagEntries: told?.number('lag'),
    podState: podStateOf(found),
    restarts: containerOf(found)?.number('restartCount'),
    node: found?.fields('spec').text('nodeName'),
    podSince: found?.fields('metadata').text('creationTimestamp'),
    restartedFor: found?.fields('metadata').fields('annotations').text(RESTART_AT),
  };
}

function podStateOf(pod: Fields | undefined): string {
  if (pod === undefined) return 'absent';
  if (pod.fields('metadata').text('deletionTimestamp') !== undefined) return 'Terminating';
  const waiting = containerOf(pod)?.fields('state').fields('waiting').text('reason');
  return waiting ?? pod.fields('status').text('phase') ?? 'Unknown';
}

function containerOf(pod: Fields | undefined): Fields | undefined {
  return pod
    ?.fields('status')
    .list('containerStatuses')
    .find((each) => each.text('name') === CONTAINER);
}
