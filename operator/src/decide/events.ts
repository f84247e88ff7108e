import type { ClusterCondition, ConditionType, CoordinationClusterStatus } from '@rookery/crds';
import { isReadServerId, PROOF_SERVER_ID, podName, proofPodName } from '../model/cluster-names.ts';
import type { MembershipChange } from '../model/membership.ts';
import { imageOf, type Observed, type StatefulSet } from '../model/observed.ts';
import type { ForcedSurvivor, Step } from '../model/step.ts';
import { QUORUM_IS_THERE } from './force-new-cluster.ts';
import { HELD_UP, MEMBERS_STUCK } from './held-up.ts';
import { HIBERNATED } from './hibernation.ts';
import { FORCE_REFUSED, isQuorumLost, LOST_FOR_GOOD } from './quorum-loss.ts';
import { READ_REPLICAS_STUCK } from './read-replicas/condition.ts';
import { UPDATE_STUCK } from './rolling-update.ts';
import { TLS_LACKING } from './tls/lacking.ts';
import { tlsEvent } from './tls/tls-events.ts';
import { ENDS_SOON } from './tls/tls-ready.ts';
import { PROOF_STUCK, UPGRADE_DIFFERS } from './upgrade-proof.ts';

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
    case 'addAdminToken':
      return [
        normal(
          'AdminTokenAdded',
          'Another admin token and another join secret are to follow: they take the place of those in use once all members take them.',
        ),
      ];
    case 'dropAdminToken':
      return [normal('AdminTokenRotated', 'The former admin token and join secret count no more.')];
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
      if (isUnproved(step, cluster)) return [normal('UpgradeNotProved', NOT_PROVED)];
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
    case 'endForceNewCluster':
      return [forceEnded(step.forced)];
    case 'forceNewCluster':
    case 'logCheckpoint':
      return [];
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

function forceEnded(forced: ForcedSurvivor | undefined): ClusterEvent {
  if (forced === undefined) return warning(FORCE_REFUSED, QUORUM_IS_THERE);
  return normal(
    'ForcedNewCluster',
    `${forced.pod} is the only voter, with what its log held up to index ${forced.lastIndex}. What was acknowledged and is not in it is gone, and all sessions of before end. The other members are added anew.`,
  );
}

const NOT_PROVED =
  'The members wake up with another image, which was not proved: while the cluster is hibernated there is nothing to compare it with.';

/** The image changes while nobody runs. Elsewhere the plan keeps it until it is proved, or the spec wants no proof. */
function isUnproved(
  { object, over }: Extract<Step, { kind: 'apply' }>,
  { spec }: Observed['cluster'],
): boolean {
  if (!spec.hibernated || !spec.update.proof.enabled || object.kind !== 'StatefulSet') return false;
  const before = imageOf(over as StatefulSet | undefined);
  return before !== undefined && before !== imageOf(object as StatefulSet);
}

function membershipEvent(change: MembershipChange, cluster: string): ClusterEvent {
  switch (change.kind) {
    case 'add':
      if (change.member.provesVersion === true)
        return normal(
          'UpgradeProofStarted',
          `Added ${proofPodName(cluster)}, which proves a version and never votes.`,
        );
      if (isReadServerId(change.member.serverId))
        return normal(
          'ReadReplicaAdded',
          `Added ${podName(cluster, change.member.serverId - 1)}, which reads and never votes.`,
        );
      return normal(
        'MemberAdded',
        `Added ${podName(cluster, change.member.serverId - 1)}, without a vote at first.`,
      );
    case 'promote':
      return normal('MemberPromoted', `${podName(cluster, change.serverId - 1)} votes from now on.`);
    case 'remove':
      if (isReadServerId(change.serverId))
        return normal(
          'ReadReplicaRemoved',
          `Took ${podName(cluster, change.serverId - 1)} out of the ensemble, before its pod goes or comes back.`,
        );
      return normal(
        'MemberRemoved',
        `Took ${change.serverId === PROOF_SERVER_ID ? proofPodName(cluster) : podName(cluster, change.serverId - 1)} out of the ensemble: its id ${change.raftId} never votes again.`,
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
    case 'proofEnded':
      return [
        normal(
          'UpgradeProofCleared',
          `Deleted the ${kind} ${metadata.name}: the proof of a version is over.`,
        ),
      ];
    case 'formerCluster':
      return [
        normal(
          'FormerMemberReplaced',
          `Deleted the ${kind} ${metadata.name}, which is of the cluster before the forced one: its member is added anew.`,
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
  const { upgradeProof } = after;
  if (upgradeProof?.result === 'Equal' && before?.upgradeProof?.checkpoint !== upgradeProof.checkpoint)
    events.push(
      normal(
        'UpgradeProved',
        `${upgradeProof.image} has the same state as the voters, up to the checkpoint at log index ${upgradeProof.checkpoint}: members may be rolled to it.`,
      ),
    );
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
  ReadReplicasReady: (now, before) =>
    now.reason === READ_REPLICAS_STUCK && before?.reason !== READ_REPLICAS_STUCK
      ? warning(now.reason, now.message)
      : undefined,
  Paused: (now, before) => {
    if (now.status === 'True' && (before?.status !== 'True' || before.message !== now.message)) {
      return normal('Paused', now.message);
    }
    return now.status === 'False' && before?.status === 'True' ? normal('Resumed', now.message) : undefined;
  },
};

/** What Progressing says of pods that do not come up, and of versions that are not rolled out. */
const TROUBLES: ReadonlySet<string> = new Set([
  HELD_UP,
  UPDATE_STUCK,
  MEMBERS_STUCK,
  TLS_LACKING,
  UPGRADE_DIFFERS,
  PROOF_STUCK,
  FORCE_REFUSED,
]);

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
