import { type ClusterCondition, CONDITION_TYPES, type ConditionType } from '@rookery/crds';
import { newestConfiguration, type Observed } from '../model/observed.ts';
import { describeAdminToken } from './admin-token.ts';
import type { Assessment } from './assessment.ts';
import type { Blocker } from './blockers.ts';
import type { Ensemble } from './ensemble.ts';
import { type Finding, finding } from './finding.ts';
import { type FirstStart, firstStartOf } from './first-start.ts';
import { forcedClusterOf, forcing } from './force-new-cluster.ts';
import { areRefusedForLong, HELD_UP, heldUp, MEMBERS_STUCK } from './held-up.ts';
import { HIBERNATED, hibernationOf, WAKING_UP } from './hibernation.ts';
import { describeMembership, nextMembership } from './membership.ts';
import { isQuorumLost, LOST_FOR_GOOD, lostForGood, NOT_SEEN_SINCE_LOSS } from './quorum-loss.ts';
import { readReplicasReady } from './read-replicas/condition.ts';
import { readinessOf } from './readiness.ts';
import {
  describeRollingUpdate,
  isLate,
  isSeen,
  NOT_SEEN,
  type RollingUpdate,
  rollingUpdateOf,
  UPDATE_STUCK,
} from './rolling-update.ts';
import { lacking } from './tls/lacking.ts';
import { tlsReady } from './tls/tls-ready.ts';
import {
  describeDifference,
  describeProof,
  PROOF_STUCK,
  UPGRADE_DIFFERS,
  type UpgradeProof,
  upgradeProofOf,
} from './upgrade-proof.ts';
import { volumesBehind } from './volumes.ts';

/** All conditions, always: one that is absent says nothing to a person who waits for it. */
export function conditionsOf(
  observed: Observed,
  { ensemble, blocker }: Assessment,
): readonly ClusterCondition[] {
  const start = firstStartOf(observed, ensemble);
  const found = {
    Available: available(observed, ensemble),
    Progressing: progressing(observed, ensemble, blocker),
    Degraded: degraded(observed, ensemble, blocker, start),
    QuorumHealthy: quorumHealthy(observed, ensemble),
    TLSReady: tlsReady(observed),
    ReadReplicasReady: readReplicasReady(observed),
    Paused: paused(observed),
  };
  const findings: Record<ConditionType, Finding> = {
    ...found,
    ...readinessOf(observed, blocker, start, found),
  };
  return CONDITION_TYPES.map((type) => condition(observed, type, findings[type]));
}

function condition({ cluster, now }: Observed, type: ConditionType, finding: Finding): ClusterCondition {
  const before = cluster.status?.conditions?.find((candidate) => candidate.type === type);
  return {
    type,
    ...finding,
    observedGeneration: cluster.metadata.generation,
    lastTransitionTime: before?.status === finding.status ? before.lastTransitionTime : now,
  };
}

/** Clients can connect, read and write. */
function available(observed: Observed, { quorum, expected }: Ensemble): Finding {
  const { cluster, pods } = observed;
  if (cluster.spec.hibernated) return finding('False', HIBERNATED, ASLEEP);
  const ready = pods.filter((pod) => pod.ready).length;
  const count = `${ready} of ${expected} members are ready.`;
  if (ready === 0)
    return finding('False', 'NoMemberReady', expected === 0 ? 'There are no members yet.' : count);
  switch (quorum) {
    case 'healthy':
      return finding('True', 'MembersReady', count);
    case 'unknown':
      return finding('Unknown', 'MembersDoNotAnswer', `${count} The operator cannot reach enough of them.`);
    case 'lost':
      return finding('False', 'NoQuorum', `${count} No majority of the voters has a leader.`);
    default:
      return quorum satisfies never;
  }
}

function quorumHealthy(observed: Observed, ensemble: Ensemble): Finding {
  const { cluster, pods } = observed;
  if (cluster.spec.hibernated) return finding('False', HIBERNATED, ASLEEP);
  const { quorum, voters, following, leader } = ensemble;
  if (cluster.status?.clusterId === undefined && voters.length === 0) {
    return finding('False', 'NotBegun', 'The members have not formed a cluster yet.');
  }
  const count = `${following} of ${voters.length} voters follow one leader.`;
  switch (quorum) {
    case 'healthy':
      return finding('True', 'LeaderFollowed', count);
    case 'unknown':
      return finding(
        'Unknown',
        wasLost(cluster) ? NOT_SEEN_SINCE_LOSS : 'MembersDoNotAnswer',
        whySilent(pods),
      );
    case 'lost':
      if (ensemble.loss !== undefined)
        return finding('False', LOST_FOR_GOOD, lostForGood(observed, ensemble.loss));
      if (hibernationOf(observed) === 'wakingUp') return finding('False', WAKING_UP, count);
      return finding(
        'False',
        leader === undefined ? 'NoLeader' : 'QuorumLost',
        voters.length === 0
          ? `No member answers, so nobody knows of a leader. ${whySilent(pods)}`.trim()
          : `${count} Writes wait until a majority is back. What was acknowledged is on the disks of a majority.`,
      );
    default:
      return quorum satisfies never;
  }
}

/** Whether the members, when they last were seen, had no quorum that they once had. */
function wasLost({ status }: Observed['cluster']): boolean {
  const before = status?.conditions?.find(({ type }) => type === 'QuorumHealthy');
  return isQuorumLost(before);
}

function progressing(observed: Observed, ensemble: Ensemble, blocker: Blocker | undefined): Finding {
  const { cluster, pods, statefulSet } = observed;
  if (cluster.metadata.deletionTimestamp !== undefined) {
    return finding(
      'True',
      'Deleting',
      cluster.spec.paused ? WAITS_FOR_PAUSE : 'The cluster is being deleted.',
    );
  }
  if (cluster.spec.paused) return finding('False', 'Paused', 'Nothing is changed while spec.paused is true.');
  if (blocker !== undefined) return finding('False', blocker.reason, blocker.message);
  if (observed.failure !== undefined) return finding('False', 'StepFailed', observed.failure);
  const lacks = lacking(observed);
  if (lacks !== undefined) return lacks;
  if (cluster.spec.hibernated)
    return pods.length > 0
      ? finding('True', 'Hibernating', `${pods.length} pods are going.`)
      : finding('False', HIBERNATED, ASLEEP);
  if (statefulSet === undefined)
    return finding('True', 'Creating', 'The objects of the cluster are being made.');
  const waiting = pods.filter(({ ready }) => !ready);
  const trouble = sentences(heldUp(observed));
  if (cluster.status?.clusterId === undefined && ensemble.clusterIds.length === 0) {
    const talking = pods.filter(({ report }) => report.kind === 'answer').length;
    const message = `The first members come up: ${talking} of ${ensemble.expected} answer.`;
    return onTheWay('Bootstrapping', message, trouble);
  }
  const isStuck =
    waiting.some((pod) => pod.trouble !== '' && isLate(observed, pod)) || areRefusedForLong(observed);
  const membership = nextMembership(observed);
  const forced = forcedClusterOf(observed, ensemble);
  if (forced !== undefined && !(forced.isDone && membership !== undefined)) return forcing(forced);
  if (membership !== undefined) {
    const { step } = membership;
    const isReplaced = step.kind === 'change' && step.why === 'replace';
    const message = `${describeMembership(cluster.metadata.name, step)} ${trouble}`.trim();
    if (step.kind === 'await' && isStuck) return stuck(observed, message);
    return finding('True', isReplaced ? 'ReplacingMember' : 'Scaling', message);
  }
  const proof = upgradeProofOf(observed);
  if (proof !== undefined) return proving(observed, proof);
  const update = rollingUpdateOf(observed);
  if (update !== undefined) return updating(observed, update, ensemble, trouble);
  const ready = pods.length - waiting.length;
  if (ready < ensemble.expected) {
    const message = `${ensemble.expected - ready} of ${ensemble.expected} members are not ready.`;
    // As long as the others serve, a node may come back on its own.
    if (ensemble.quorum === 'lost' && isStuck) return stuck(observed, `${message} ${trouble}`);
    return onTheWay('MembersStarting', message, trouble);
  }
  if (!isSeen(statefulSet)) return finding('True', 'Applying', `${NOT_SEEN}.`);
  // The identity of a cluster that has begun is told of before anything is put right.
  if (observed.objects.some(({ state }) => state !== 'right'))
    return finding('True', 'Applying', 'The objects of the cluster are brought to what its spec says.');
  const behind = volumesBehind(observed);
  if (behind.length > 0) return finding('True', 'ExpandingVolumes', sentences(behind));
  const message = `The cluster is as its spec says. ${describeAdminToken(observed)}`;
  return finding('False', 'AsSpecified', message.trim());
}

function stuck({ cluster }: Observed, message: string): Finding {
  return finding(
    'False',
    MEMBERS_STUCK,
    `${message} It has been so for ${cluster.spec.update.readyTimeout}: put right what is in the way, or set the spec back.`,
  );
}

function updating(
  { cluster }: Observed,
  update: RollingUpdate,
  { expected }: Ensemble,
  trouble: string,
): Finding {
  const { name } = cluster.metadata;
  if (update.stuck.length === 0)
    return onTheWay('RollingUpdate', describeRollingUpdate(name, update, expected), trouble);
  const who = update.stuck.map((pod) => pod.name).join(', ');
  const message = `${who} came up as the spec is now, and is not ready after ${cluster.spec.update.readyTimeout}. No other is restarted. Put the spec right or set it back: the pod is then made anew. ${trouble}`;
  return finding('False', UPDATE_STUCK, message.trim());
}

function proving({ cluster, plan }: Observed, proof: UpgradeProof): Finding {
  const { name } = cluster.metadata;
  const running = plan.proof?.running;
  if (running !== undefined && proof.step.kind === 'end' && proof.step.result.result === 'Differs')
    return finding('False', UPGRADE_DIFFERS, describeDifference(name, running, proof.step.result));
  const message = describeProof(name, proof);
  if (!proof.isStuck) return finding('True', 'ProvingUpgrade', message);
  const { timeout } = cluster.spec.update.proof;
  return finding(
    'False',
    PROOF_STUCK,
    `${message} It is not proved after ${timeout}, or cannot be, and no member is rolled. Put right what is in the way, or set the spec back; spec.update.proof.enabled: false rolls the members without it.`,
  );
}

/** @param trouble what Kubernetes has against it; empty: nothing */
function onTheWay(reason: string, message: string, trouble: string): Finding {
  return trouble === ''
    ? finding('True', reason, message)
    : finding('True', HELD_UP, `${message} ${trouble}`);
}

function degraded(
  observed: Observed,
  ensemble: Ensemble,
  blocker: Blocker | undefined,
  start: FirstStart | undefined,
): Finding {
  const { cluster, pods, failure } = observed;
  if (blocker !== undefined) return finding('True', blocker.reason, blocker.message);
  if (failure !== undefined) return finding('True', 'StepFailed', failure);
  if (cluster.spec.hibernated) return finding('False', HIBERNATED, ASLEEP);
  if (hibernationOf(observed) === 'wakingUp' && ensemble.loss === undefined)
    return finding(
      'False',
      WAKING_UP,
      `${pods.filter((pod) => pod.ready).length} of ${ensemble.expected} members are ready.`,
    );
  if (cluster.status?.clusterId === undefined && ensemble.voters.length === 0 && start?.late !== true) {
    return finding('False', 'NotBegun', 'The members have not formed a cluster yet.');
  }
  const { expected, quorum } = ensemble;
  // Who has no vote yet takes nothing from the ensemble by being away.
  const learning = learnersIn(pods);
  const counted = pods.filter(({ ordinal }) => !learning.has(ordinal + 1));
  const ready = counted.filter((pod) => pod.ready);
  const most = expected - learning.size;
  if (ready.length < most) {
    const message = `${ready.length} of ${most} members are ready. ${whyNotReady(observed)}`.trim();
    const isStarting = start?.late === false;
    return isStarting && (quorum === 'healthy' || cluster.status?.clusterId === undefined)
      ? finding('False', 'Bootstrapping', message)
      : finding('True', 'MembersNotReady', message);
  }
  if (quorum !== 'healthy') return finding('True', 'QuorumNotSeen', whySilent(pods) || 'No leader is known.');
  const silent = pods.some(({ report }) => report.kind === 'silent');
  if (silent) return finding('True', 'MembersDoNotAnswer', whySilent(pods));
  return finding('False', 'AllMembersReady', `All ${expected} members are ready.`);
}

/** Server ids of the members without a vote. */
function learnersIn(pods: Observed['pods']): ReadonlySet<number> {
  const learners = newestConfiguration(pods).filter(({ role }) => role === 'learner');
  return new Set(learners.map(({ serverId }) => serverId));
}

function paused({ cluster }: Observed): Finding {
  if (!cluster.spec.paused) return finding('False', 'NotPaused', 'The operator looks after the cluster.');
  return finding(
    'True',
    'PausedBySpec',
    cluster.metadata.deletionTimestamp === undefined
      ? 'The operator changes nothing until spec.paused is false.'
      : WAITS_FOR_PAUSE,
  );
}

const ASLEEP = 'No member runs while spec.hibernated is true. The volumes keep the data.';

const WAITS_FOR_PAUSE =
  'The cluster was deleted while it is paused: nothing happens until spec.paused is set to false.';

function whySilent(pods: Observed['pods']): string {
  return sentences(
    pods.flatMap(({ name, report }) => (report.kind === 'silent' ? [`${name}: ${report.why}`] : [])),
  );
}

function whyNotReady(observed: Observed): string {
  const said = observed.pods.flatMap(({ name, ready, trouble, report }) => {
    const why = report.kind === 'answer' ? steady(report.answer.reason) : '';
    return ready || trouble !== '' || why === '' ? [] : [`${name}: ${why}`];
  });
  return sentences([...heldUp(observed), ...said]);
}

function sentences(whys: readonly string[]): string {
  return whys.length === 0 ? '' : `${whys.join('. ')}.`;
}

/** A message that changes with each look would be a write of the status each time. */
function steady(reason: string): string {
  return reason.replace(/\d+ ms/g, 'a while').replace(/\d+ entries/g, 'many entries');
}
