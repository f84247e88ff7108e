import type { ClusterCondition, ConditionType, CoordinationClusterStatus } from '@rookery/crds';
import { podName } from '../model/cluster-names.ts';
import type { MembershipChange } from '../model/membership.ts';
import type { Observed } from '../model/observed.ts';
import type { Step } from '../model/step.ts';
import { HELD_UP } from './held-up.ts';
import { HIBERNATED } from './hibernation.ts';
import { isQuorumLost, LOST_FOR_GOOD } from './quorum-loss.ts';
import { UPDATE_STUCK } from './rolling-update.ts';
import { TLS_LACKING } from './tls/lacking.ts';
import { tlsEvent } from './tls/tls-events.ts';
import { ENDS_SOON } from './tls/tls-ready.ts';

/** An Event about the cluster, for people. */
export interface ClusterEvent {
  readonly type: 'Normal' | 'Warning';
  /** UpperCamelCase, one of a fixed set. */
  readonly reason: string;
  readonly message: string;
}

/** The Events of a step that was done. Most steps have none. */
export function eventsOf(step: Step, { cluster }: Observed): readonly ClusterEvent[] {
  switch (step.kind) {
    case 'createAdminToken':
      return [normal('AdminTokenCreated', "Made the Secret with the token of the members' admin interface.")];
    case 'makeAuthority':
    case 'writeCertificates':
    case 'switchAuthority':
    case 'dropAuthority':
      return [normal(...tlsEvent(step))];
    case 'apply': {
      const what = `${step.object.kind} ${step.object.metadata.name}`;
      if (step.why === 'drifted') {
        return [
          normal(
            'DriftCorrected',
            `${what} had been changed or deleted by somebody else; it is again as the spec says.`,
          ),
        ];
      }
      return step.why === 'missing' && step.object.kind === 'StatefulSet'
        ? [normal('MembersCreated', `Made the ${what}: its members come up.`)]
        : [];
    }
    case 'delete':
      return deletions(step);
    case 'writeStatus':
      return ofStatus(cluster.status, step.status);
    case 'changeMembership':
      return [membershipEvent(step.change, cluster.metadata.name)];
    case 'handOver':
      return [
        normal(
          'LeadershipMoved',
          `Asked ${step.leader.pod} to hand over to ${podName(cluster.metadata.name, step.to - 1)}, before it goes.`,
        ),
      ];
    case 'raiseFeatureLevel':
      return [
        normal(
          'FeatureLevelRaised',
          `Raised the feature level to ${step.level}: every member runs it, and versions that do not are of no use to this cluster any more.`,
        ),
      ];
    case 'expandVolume':
      return [normal('VolumeExpanded', `Asked for ${step.size} for ${step.claim.metadata.name}.`)];
    case 'addFinalizer':
    case 'removeFinalizer':
    case 'wait':
      return [];
    default:
      return step satisfies never;
  }
}

function membershipEvent(change: MembershipChange, cluster: string): ClusterEvent {
  switch (change.kind) {
    case 'add':
      return normal(
        'MemberAdded',
        `Added ${podName(cluster, change.member.serverId - 1)}, without a vote at first.`,
      );
    case 'promote':
      return normal('MemberPromoted', `${podName(cluster, change.serverId - 1)} votes from now on.`);
    case 'remove':
      return normal(
        'MemberRemoved',
        `Took ${podName(cluster, change.serverId - 1)} out of the ensemble: its id ${change.raftId} never votes again.`,
      );
    default:
      return change satisfies never;
  }
}

function deletions({ object, why }: Extract<Step, { kind: 'delete' }>): readonly ClusterEvent[] {
  const { kind, metadata } = object;
  switch (why) {
    case 'clusterDeleted':
      return [normal('Deleting', `Deletes the ${kind} ${metadata.name}, since the cluster was deleted.`)];
    case 'stuck':
      return [
        normal(
          'StuckPodDeleted',
          `Deleted the pod ${metadata.name}, which could not start as the spec was before: it comes back as the spec is now.`,
        ),
      ];
    case 'outdated':
      return [
        normal('MemberRestarted', `Deleted the pod ${metadata.name}: it comes back as the spec is now.`),
      ];
    case 'claimTemplate':
      return [
        normal(
          'StatefulSetRemade',
          `Deleted the ${kind} ${metadata.name} without its pods: it is made anew around them, for volumes of the size that the spec says now.`,
        ),
      ];
    case 'abandoned':
      return [
        normal(
          kind === 'Pod' ? 'PodGivenUp' : 'VolumeGivenUp',
          `Deleted the ${kind} ${metadata.name}: the node does not answer, and the member has left the ensemble.`,
        ),
      ];
    case 'surplus':
      return [];
    default:
      return why satisfies never;
  }
}

function ofStatus(
  before: CoordinationClusterStatus | undefined,
  after: CoordinationClusterStatus,
): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (before?.clusterId === undefined && after.clusterId !== undefined) {
    events.push(normal('ClusterBegun', `The members have formed the cluster ${after.clusterId}.`));
  }
  if (after.leader !== undefined && before?.leader !== after.leader) {
    events.push(normal('LeaderElected', `${after.leader} leads.`));
  }
  if (before?.operation?.type === 'RollingUpdate' && after.operation === undefined)
    events.push(normal('RollingUpdateEnded', 'All pods are as the spec is now.'));
  for (const condition of after.conditions ?? []) {
    const previous = before?.conditions?.find(({ type }) => type === condition.type);
    const event = EVENT_OF[condition.type as ConditionType]?.(condition, previous, before);
    if (event !== undefined) events.push(event);
  }
  return events;
}

type EventOf = (
  now: ClusterCondition,
  before: ClusterCondition | undefined,
  status: CoordinationClusterStatus | undefined,
) => ClusterEvent | undefined;

const EVENT_OF: Readonly<Partial<Record<ConditionType, EventOf>>> = {
  Available: (now, before) => {
    if (now.reason === HIBERNATED)
      return before?.reason === HIBERNATED ? undefined : normal(HIBERNATED, now.message);
    if (now.status === 'True' && before?.status !== 'True') return normal('Available', now.message);
    if (now.status === 'False' && before?.status === 'True') return warning('Unavailable', now.message);
    return undefined;
  },
  // A cluster that has not begun has no quorum to lose or to regain. Unknown lies between the two as often as not.
  QuorumHealthy: (now, before, status) => {
    if (status?.clusterId === undefined || before === undefined) return undefined;
    const isFirstLostForGood = now.reason === LOST_FOR_GOOD && before.reason !== LOST_FOR_GOOD;
    if (now.status === 'False' && isQuorumLost(now))
      return isQuorumLost(before) && !isFirstLostForGood ? undefined : warning('QuorumLost', now.message);
    return now.status === 'True' && isQuorumLost(before) ? normal('QuorumRegained', now.message) : undefined;
  },
  Progressing: (now, before) =>
    TROUBLES.has(now.reason) && before?.reason !== now.reason ? warning(now.reason, now.message) : undefined,
  Degraded: (now, before) =>
    now.status === 'True' && BLOCKING.has(now.reason) && before?.reason !== now.reason
      ? warning(now.reason, now.message)
      : undefined,
  TLSReady: (now, before) =>
    now.reason === ENDS_SOON && before?.reason !== ENDS_SOON ? warning(now.reason, now.message) : undefined,
  Paused: (now, before) => {
    if (now.status === 'True' && (before?.status !== 'True' || before.message !== now.message)) {
      return normal('Paused', now.message);
    }
    return now.status === 'False' && before?.status === 'True' ? normal('Resumed', now.message) : undefined;
  },
};

/** What Progressing says of pods that do not come up. */
const TROUBLES: ReadonlySet<string> = new Set([HELD_UP, UPDATE_STUCK, TLS_LACKING]);

/** Where nothing goes on without a person. Members that are not ready for a while are not among them. */
const BLOCKING: ReadonlySet<string> = new Set([
  'ClusterIdMismatch',
  'InvalidSpec',
  'NameTaken',
  'AdminTokenUnusable',
  'StepFailed',
]);

function normal(reason: string, message: string): ClusterEvent {
  return { type: 'Normal', reason, message };
}

function warning(reason: string, message: string): ClusterEvent {
  return { type: 'Warning', reason, message };
}
