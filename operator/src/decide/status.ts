import {
  type ClusterCondition,
  type ClusterOperation,
  type ClusterPhase,
  type ClusterUpgradeProof,
  CONDITION_TYPES,
  type ConditionType,
  type CoordinationClusterStatus,
} from '@rookery/crds';
import {
  CLIENT_PORT,
  clientEndpoint,
  memberEndpoint,
  podName,
  readEndpoint,
} from '../model/cluster-names.ts';
import { answersOf, imageOf, type Observed, type StatefulSet } from '../model/observed.ts';
import { type Assessment, assess } from './assessment.ts';
import { conditionsOf } from './conditions.ts';
import { begunClusterId, type Ensemble, membersOf, recoveryOf } from './ensemble.ts';
import { firstStartOf } from './first-start.ts';
import { describeForced, forcedClusterOf } from './force-new-cluster.ts';
import { hibernationOf } from './hibernation.ts';
import { describeMembership, nextMembership } from './membership.ts';
import { describeRollingUpdate, rollingUpdateOf } from './rolling-update.ts';
import { tlsStatus } from './tls/tls-status.ts';
import { describeProof, upgradeProofOf } from './upgrade-proof.ts';
import { volumeSize, volumesBehind } from './volumes.ts';

/**
 * The whole status, from what was observed. Only the identity of the cluster, and since when things are as they are, come from the status
 * before: nobody could observe them again.
 */
export function statusOf(
  observed: Observed,
  assessment: Assessment = assess(observed),
): CoordinationClusterStatus {
  const { cluster, pods, statefulSet } = observed;
  const { name, generation } = cluster.metadata;
  const { ensemble } = assessment;
  const clusterId = cluster.status?.clusterId ?? settledClusterId(observed, ensemble);
  const conditions = conditionsOf(observed, assessment);
  const versions = new Set(answersOf(pods).map(({ version }) => version));
  const [version] = versions;
  // A member that is away for a while has not changed its version.
  const isWhole = answersOf(pods).length === ensemble.expected || cluster.status?.currentVersion === version;
  const isOne = versions.size === 1 && isWhole;
  const target = imageTag(imageOf(statefulSet));
  const proved = provedOf(observed);
  const operation = operationOf(observed, ensemble);
  const size = volumeSize(observed);
  const recovery = recoveryOf(observed);
  const level = Math.max(0, ...answersOf(pods).map(({ featureLevel }) => featureLevel));
  return {
    observedGeneration: generation,
    ...(clusterId === undefined ? {} : { clusterId }),
    ...(recovery === 0 ? {} : { recovery }),
    phase: phaseOf(observed, ensemble, conditions),
    replicas: pods.length,
    readyReplicas: pods.filter(({ ready }) => ready).length,
    ...(ensemble.voters.length === 0 ? {} : { voters: ensemble.voters.length }),
    ...readReplicasOf(observed),
    ...selectorOf(statefulSet),
    ...(ensemble.leader === undefined ? {} : { leader: podName(name, ensemble.leader - 1) }),
    ...(isOne && version !== undefined ? { currentVersion: version } : {}),
    ...(target === undefined ? {} : { targetVersion: target }),
    ...(level === 0 ? {} : { featureLevel: level }),
    ...(size === undefined ? {} : { volumeSize: size }),
    ...endpointsOf(observed, ensemble.expected),
    ...(operation === undefined ? {} : { operation }),
    ...tlsStatus(observed),
    ...(proved === undefined ? {} : { upgradeProof: proved }),
    members: membersOf(observed),
    conditions,
  };
}

function readReplicasOf({
  cluster,
  readReplicas: { statefulSet, pods },
}: Observed): Pick<CoordinationClusterStatus, 'readReplicas' | 'readyReadReplicas'> {
  const isNothing = cluster.spec.readReplicas === 0 && statefulSet === undefined && pods.length === 0;
  if (isNothing) return {};
  return { readReplicas: pods.length, readyReadReplicas: pods.filter(({ ready }) => ready).length };
}

/** Whether a write would change nothing. Conditions of others are theirs: our writes leave them in place. */
export function sameStatus(
  status: CoordinationClusterStatus,
  found: CoordinationClusterStatus | undefined,
): boolean {
  const types: ReadonlySet<string> = new Set(CONDITION_TYPES);
  const conditions = found?.conditions?.filter(({ type }) => types.has(type));
  return canonical(status) === canonical({ ...found, ...(conditions === undefined ? {} : { conditions }) });
}

function settledClusterId(observed: Observed, { clusterIds }: Ensemble): string | undefined {
  // With two of them nobody knows which is right: that is for a person to say.
  return clusterIds.length === 1 ? begunClusterId(observed) : undefined;
}

function phaseOf(
  observed: Observed,
  ensemble: Ensemble,
  conditions: readonly ClusterCondition[],
): ClusterPhase {
  const { cluster, pods } = observed;
  const { quorum, voters } = ensemble;
  if (cluster.metadata.deletionTimestamp !== undefined) return 'Deleting';
  if (cluster.spec.paused) return 'Paused';
  const hibernation = hibernationOf(observed);
  if (cluster.spec.hibernated) return 'Hibernated';
  const isTrue = (wanted: ConditionType): boolean =>
    conditions.some(({ type, status }) => type === wanted && status === 'True');
  const isDegraded = isTrue('Degraded');
  if (cluster.status?.clusterId === undefined && (voters.length === 0 || quorum === 'lost')) {
    if (isDegraded) return 'Degraded';
    return pods.length === 0 ? 'Pending' : 'Bootstrapping';
  }
  if (hibernation === 'wakingUp' && ensemble.loss === undefined) return 'Bootstrapping';
  if (quorum === 'lost') return 'QuorumLost';
  if (isTrue('Stalled')) return isDegraded ? 'Degraded' : 'Stalled';
  const isUpdating = rollingUpdateOf(observed) !== undefined && observed.plan.proof === undefined;
  // A pod is away by the operator's own hand then.
  if (isDegraded && !isUpdating) return 'Degraded';
  if (nextMembership(observed) !== undefined) return 'Scaling';
  if (isUpdating) return 'Updating';
  if (firstStartOf(observed, ensemble) !== undefined) return 'Bootstrapping';
  return isTrue('Reconciling') ? 'Updating' : 'Ready';
}

function operationOf(observed: Observed, ensemble: Ensemble): ClusterOperation | undefined {
  const { cluster, pods, statefulSet, now } = observed;
  const { voters, expected } = ensemble;
  if (cluster.metadata.deletionTimestamp !== undefined) {
    const before = cluster.status?.operation;
    const isGone = statefulSet === undefined && pods.length === 0;
    return {
      type: 'Delete',
      step: isGone
        ? 'the volumes are being deleted'
        : `${pods.length} pods are there; the volumes go after them`,
      startedAt: before?.type === 'Delete' ? before.startedAt : now,
    };
  }
  const forced = forceOperation(observed, ensemble);
  if (forced !== undefined) return forced;
  const sleep = hibernationOperation(observed, expected);
  if (sleep !== undefined) return sleep;
  const start = firstStartOf(observed, ensemble);
  if (start === undefined)
    return (
      membershipOperation(observed) ??
      proofOperation(observed) ??
      updateOperation(observed, ensemble) ??
      volumesOperation(observed)
    );
  const step =
    voters.length === 0
      ? `${answersOf(pods).length} of ${expected} members answer`
      : `${pods.filter(({ ready }) => ready).length} of ${expected} members are ready`;
  return { type: 'Bootstrap', step, startedAt: start.startedAt };
}

/** Whatever else goes on: what is recorded of it is found nowhere else. */
function forceOperation(observed: Observed, ensemble: Ensemble): ClusterOperation | undefined {
  const forced = forcedClusterOf(observed, ensemble);
  if (forced?.record === undefined) return undefined;
  const before = observed.cluster.status?.operation;
  return {
    type: 'ForceNewCluster',
    step: describeForced(forced),
    ...forced.record,
    startedAt: before?.type === 'ForceNewCluster' ? before.startedAt : observed.now,
  };
}

function hibernationOperation(observed: Observed, expected: number): ClusterOperation | undefined {
  const { cluster, pods, now } = observed;
  const hibernation = hibernationOf(observed);
  if (hibernation !== 'goingToSleep' && hibernation !== 'wakingUp') return undefined;
  const type = hibernation === 'wakingUp' ? 'WakeUp' : 'Hibernate';
  const before = cluster.status?.operation;
  return {
    type,
    step:
      type === 'WakeUp'
        ? `${pods.filter(({ ready }) => ready).length} of ${expected} members are ready`
        : `${pods.length} pods are there`,
    startedAt: before?.type === type ? before.startedAt : now,
  };
}

function membershipOperation(observed: Observed): ClusterOperation | undefined {
  const next = nextMembership(observed);
  if (next === undefined) return undefined;
  const { cluster, now } = observed;
  const before = cluster.status?.operation;
  const isReplacement = next.step.kind === 'change' && next.step.why === 'replace';
  // A replaced member is added like any other: it stays one operation until it has its vote again.
  const goesOn = before?.type === 'Scale' || before?.type === 'ReplaceMember' ? before : undefined;
  return {
    type: isReplacement ? 'ReplaceMember' : (goesOn?.type ?? 'Scale'),
    step: describeMembership(cluster.metadata.name, next.step),
    startedAt: goesOn?.startedAt ?? now,
  };
}

function proofOperation(observed: Observed): ClusterOperation | undefined {
  const proof = upgradeProofOf(observed);
  if (proof === undefined) return undefined;
  const { version, memberId, startedAt } = proof;
  return {
    type: 'ProveUpgrade',
    step: describeProof(observed.cluster.metadata.name, proof),
    target: version,
    ...(memberId === undefined ? {} : { memberId }),
    startedAt,
  };
}

/** What was found of the image that the spec asks for, for as long as it asks for it: members could not be asked again. */
function provedOf(observed: Observed): ClusterUpgradeProof | undefined {
  const step = upgradeProofOf(observed)?.step;
  if (step?.kind === 'end') return step.result;
  const { cluster, plan } = observed;
  const before = cluster.status?.upgradeProof;
  return before?.image === (plan.image ?? before?.image) ? before : undefined;
}

function updateOperation(observed: Observed, { expected }: Ensemble): ClusterOperation | undefined {
  const update = rollingUpdateOf(observed);
  if (update === undefined) return undefined;
  const { cluster, now } = observed;
  const before = cluster.status?.operation;
  return {
    type: 'RollingUpdate',
    step: describeRollingUpdate(cluster.metadata.name, update, expected),
    ...(update.step.kind === 'restart' ? { target: update.step.pod.name } : {}),
    startedAt: before?.type === 'RollingUpdate' ? before.startedAt : now,
  };
}

function volumesOperation(observed: Observed): ClusterOperation | undefined {
  const behind = volumesBehind(observed);
  if (behind.length === 0) return undefined;
  const before = observed.cluster.status?.operation;
  return {
    type: 'ExpandVolumes',
    step: `${behind.join('. ')}.`,
    startedAt: before?.type === 'ExpandVolumes' ? before.startedAt : observed.now,
  };
}

function endpointsOf(
  { cluster, objects, readReplicas }: Observed,
  expected: number,
): Pick<CoordinationClusterStatus, 'endpoints'> {
  if (expected === 0) return {};
  const { name, namespace } = cluster.metadata;
  const members = Array.from({ length: expected }, (_, ordinal) => memberEndpoint(name, namespace, ordinal));
  const external = externalEndpoints(name, objects);
  return {
    endpoints: {
      client: clientEndpoint(name, namespace),
      ...(readReplicas.statefulSet === undefined ? {} : { read: readEndpoint(name, namespace) }),
      members,
      ...(external.length === 0 ? {} : { external }),
    },
  };
}

/** By what load balancers have given their Services. */
function externalEndpoints(cluster: string, objects: Observed['objects']): readonly string[] {
  return objects.flatMap(({ wanted, found }) => {
    if (wanted.kind !== 'Service' || !wanted.metadata.name.startsWith(`${cluster}-external-`)) return [];
    const { status } = (found ?? {}) as BalancedService;
    const [given] = status?.loadBalancer?.ingress ?? [];
    const host = given?.hostname ?? given?.ip;
    if (host === undefined) return [];
    return [host.includes(':') ? `[${host}]:${CLIENT_PORT}` : `${host}:${CLIENT_PORT}`];
  });
}

/** The part of a Service's status that is read. */
interface BalancedService {
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly hostname?: string; readonly ip?: string }[];
    };
  };
}

function selectorOf(statefulSet: StatefulSet | undefined): Pick<CoordinationClusterStatus, 'selector'> {
  const labels = Object.entries(statefulSet?.spec.selector?.matchLabels ?? {});
  if (labels.length === 0) return {};
  return {
    selector: labels
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(','),
  };
}

/** `registry:5000/a/b:1.0.0` → `1.0.0`; undefined without a tag. */
function imageTag(image: string | undefined): string | undefined {
  return image === undefined ? undefined : /:([\w][\w.-]*)$/.exec(image)?.[1];
}

/** JSON with its keys in order: the API server keeps no order of them. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
