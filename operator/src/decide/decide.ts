import { FINALIZER } from '../model/cluster-names.ts';
import { everyClaim, everyPod, leaderWithQuorum, type Observed } from '../model/observed.ts';
import type { Step } from '../model/step.ts';
import { describeAdminToken, nextAdminSecretStep } from './admin-token.ts';
import { type Assessment, assess } from './assessment.ts';
import { replaceAbandoned } from './dead-node.ts';
import { deletePod } from './delete-pod.ts';
import { begunClusterId, type Ensemble, recoveryOf } from './ensemble.ts';
import { nextFeatureLevel } from './feature-level.ts';
import { type ForcedCluster, forcedClusterOf } from './force-new-cluster.ts';
import { nextMembership } from './membership.ts';
import { readReplicasReady } from './read-replicas/condition.ts';
import { nextReadReplicaStep } from './read-replicas/next-step.ts';
import { rollingUpdateOf } from './rolling-update.ts';
import { sameStatus, statusOf } from './status.ts';
import { deleteStuckPod } from './stuck-pod.ts';
import { isAskedOfCertManager } from './tls/issued.ts';
import { isMountable } from './tls/lacking.ts';
import { nextTlsStep } from './tls/tls-step.ts';
import { upgradeProofOf } from './upgrade-proof.ts';
import { expandVolumes, volumesBehind } from './volumes.ts';

/** Members are not watched but asked: so often when all is well. */
export const POLL_MS = 10_000;
/** And so often while something is about to change, or should. */
export const SOON_MS = 2_000;

/**
 * The one step that is next, from what is there and nothing else: not from what was done before, and not from what has happened.
 * Whatever was interrupted between two steps is therefore taken up where it is.
 *
 *   paused → being deleted → finalizer → frozen → the cluster's identity → admin token → certificates → what differs → what is too much → stuck pods → pods on dead nodes → a cluster out of one survivor → the membership → the proof of another version → the rolling update → the feature level → the volumes → the read replicas → what cert-manager is asked for → status
 */
export function decide(observed: Observed): Step {
  const { cluster } = observed;
  const assessment = assess(observed);
  if (cluster.spec.paused) return settle(observed, assessment, POLL_MS);
  if (cluster.metadata.deletionTimestamp !== undefined) return remove(observed, assessment);
  if (held(observed) !== hasToBeHeld(observed)) {
    return { kind: hasToBeHeld(observed) ? 'addFinalizer' : 'removeFinalizer' };
  }
  if (assessment.blocker !== undefined) return settle(observed, assessment, SOON_MS);
  // Before anything else may change: from here on nothing that this operator configures can begin a second cluster.
  if (cluster.status?.clusterId === undefined && begunClusterId(observed) !== undefined) {
    return { kind: 'writeStatus', status: statusOf(observed, assessment) };
  }
  // So, too, what speaks for the former cluster is heard no more.
  if (recoveryOf(observed) > (cluster.status?.recovery ?? 0))
    return { kind: 'writeStatus', status: statusOf(observed, assessment) };
  const forced = forcedClusterOf(observed, assessment.ensemble);
  const isQuietNow = forced === undefined && isQuiet(observed, assessment.ensemble);
  return (
    bring(observed) ??
    forceNewCluster(observed, assessment, forced) ??
    changeMembership(observed, assessment) ??
    // Nothing else is begun before the former members are replaced.
    (forced === undefined ? change(observed, assessment) : undefined) ??
    askCertManager(observed) ??
    settle(observed, assessment, isQuietNow ? POLL_MS : SOON_MS)
  );
}

/** Towards the spec, of members that are all there. */
function change(observed: Observed, assessment: Assessment): Step | undefined {
  return (
    proveUpgrade(observed, assessment) ??
    rollOn(observed, assessment) ??
    raiseFeatureLevel(observed, assessment) ??
    expandVolumes(observed) ??
    nextReadReplicaStep(observed, () => told(observed, assessment))
  );
}

/** What is missing, differs or is too much; undefined when everything is as planned. */
function bring(observed: Observed): Step | undefined {
  const { objects, surplus } = observed;
  const secret = nextAdminSecretStep(observed);
  if (secret !== undefined) return secret;
  const certificates = nextTlsStep(observed);
  if (certificates !== undefined) return certificates;
  for (const { wanted, state, found } of objects) {
    if (isAskedOfCertManager(wanted)) continue;
    // Pods that are made of it would not start.
    if (wanted.kind === 'StatefulSet' && !isMountable(observed, 'members')) continue;
    if (state === 'missing' || state === 'differs' || state === 'drifted') {
      return { kind: 'apply', object: wanted, why: state, over: found };
    }
  }
  const [object] = surplus;
  if (object !== undefined) return { kind: 'delete', object, why: 'surplus' };
  return deleteStuckPod(observed) ?? replaceAbandoned(observed, leaderWithQuorum(observed.pods));
}

/** The status comes first: it says what is about to be done, and why. */
function told(observed: Observed, assessment: Assessment): Step | undefined {
  const status = statusOf(observed, assessment);
  return sameStatus(status, observed.cluster.status) ? undefined : { kind: 'writeStatus', status };
}

function changeMembership(observed: Observed, assessment: Assessment): Step | undefined {
  const next = nextMembership(observed);
  if (next === undefined || next.step.kind === 'await' || next.step.kind === 'inFlight') return undefined;
  const { pod } = next.leader;
  if (pod.address === undefined) return undefined;
  const first = told(observed, assessment);
  if (first !== undefined) return first;
  const leader = { pod: pod.name, address: pod.address };
  if (next.step.kind === 'handOver') return { kind: 'handOver', to: next.step.to, leader };
  const { change, expectedIndex } = next.step;
  return { kind: 'changeMembership', change, expectedIndex, leader };
}

function forceNewCluster(
  observed: Observed,
  assessment: Assessment,
  forced: ForcedCluster | undefined,
): Step | undefined {
  const step = forced?.step;
  if (step === undefined || step.kind === 'await' || step.kind === 'refuse') return undefined;
  if (step.kind === 'end') return { kind: 'endForceNewCluster', forced: step.forced };
  // Before it is asked for it is recorded: what may have been done already is asked of the same member again.
  const first = told(observed, assessment);
  if (first !== undefined) return first;
  if (step.kind === 'deleteClaim') return { kind: 'delete', object: step.claim, why: 'formerCluster' };
  if (step.kind === 'deletePod') return deletePod(observed.cluster, step.pod, 'formerCluster');
  if (step.kind === 'record') return undefined;
  const { pod, answer } = step.survivor;
  const { address, name } = pod;
  if (address === undefined) return undefined;
  const { serverId, lastLogIndex: lastIndex = 0 } = answer;
  return { kind: 'forceNewCluster', serverId, lastIndex, member: { pod: name, address } };
}

/** Until it has come to its end nothing is rolled or raised. */
function proveUpgrade(observed: Observed, assessment: Assessment): Step | undefined {
  const step = upgradeProofOf(observed)?.step;
  if (step === undefined || step.kind === 'await' || step.kind === 'end') return undefined;
  const first = told(observed, assessment);
  if (first !== undefined) return first;
  if (step.kind === 'delete') return { kind: 'delete', object: step.object, why: 'proofEnded' };
  const { name: pod, address } = step.leader;
  if (address === undefined) return undefined;
  const leader = { pod, address };
  if (step.kind === 'logCheckpoint') return { kind: 'logCheckpoint', leader };
  return { kind: 'changeMembership', change: step.change, expectedIndex: step.expectedIndex, leader };
}

function rollOn(observed: Observed, assessment: Assessment): Step | undefined {
  if (upgradeProofOf(observed) !== undefined) return undefined;
  const step = rollingUpdateOf(observed)?.step;
  if (step === undefined || step.kind === 'await') return undefined;
  const first = told(observed, assessment);
  if (first !== undefined) return first;
  if (step.kind === 'restart') return deletePod(observed.cluster, step.pod, 'outdated');
  const { name, address } = step.leader;
  return address === undefined
    ? undefined
    : { kind: 'handOver', to: step.to, leader: { pod: name, address } };
}

function raiseFeatureLevel(observed: Observed, assessment: Assessment): Step | undefined {
  if (upgradeProofOf(observed) !== undefined) return undefined;
  const next = nextFeatureLevel(observed);
  if (next?.leader.address === undefined) return undefined;
  const { name, address } = next.leader;
  return (
    told(observed, assessment) ?? {
      kind: 'raiseFeatureLevel',
      level: next.level,
      leader: { pod: name, address },
    }
  );
}

/** After all else: where cert-manager's webhook does not answer, nothing of the cluster waits for it. */
function askCertManager({ objects }: Observed): Step | undefined {
  for (const { wanted, state, found } of objects) {
    if (isAskedOfCertManager(wanted) && (state === 'missing' || state === 'differs' || state === 'drifted'))
      return { kind: 'apply', object: wanted, why: state, over: found };
  }
  return undefined;
}

/**
 * With whenDeleted Delete: the StatefulSets, then, once no pod is left that could write, the volumes, then the finalizer. Kubernetes
 * collects all else by its owner. With Retain, or where somebody deleted the cluster and asked to keep what it owns, there is nothing
 * to wait for.
 */
function remove(observed: Observed, assessment: Assessment): Step {
  const { cluster, readReplicas } = observed;
  const pods = everyPod(observed);
  const volumeClaims = everyClaim(observed);
  const sets = [observed.statefulSet, readReplicas.statefulSet].filter((set) => set !== undefined);
  if (!held(observed)) return { kind: 'wait', forMs: POLL_MS };
  const orphans = cluster.metadata.finalizers?.includes('orphan') === true;
  if (!hasToBeHeld(observed) || orphans) return { kind: 'removeFinalizer' };
  const first = told(observed, assessment);
  if (first !== undefined) return first;
  const set = sets.find((candidate) => !isLeaving(candidate));
  if (set !== undefined) return { kind: 'delete', object: set, why: 'clusterDeleted' };
  if (sets.length > 0) return { kind: 'wait', forMs: SOON_MS };
  const left = pods.find(({ deleting, orphaned }) => orphaned && !deleting);
  if (left !== undefined) return deletePod(cluster, left, 'clusterDeleted');
  if (pods.length > 0) return { kind: 'wait', forMs: SOON_MS };
  const claim = volumeClaims.find((candidate) => !isLeaving(candidate));
  // One that is being deleted already cannot be kept by anybody any more: nobody has to wait for it.
  return claim === undefined
    ? { kind: 'removeFinalizer' }
    : { kind: 'delete', object: claim, why: 'clusterDeleted' };
}

function settle(observed: Observed, assessment: Assessment, forMs: number): Step {
  return told(observed, assessment) ?? { kind: 'wait', forMs };
}

function isQuiet(observed: Observed, { quorum, expected }: Ensemble): boolean {
  const ready = observed.pods.filter((pod) => pod.ready).length;
  const isOnTheWay =
    nextMembership(observed) !== undefined ||
    rollingUpdateOf(observed) !== undefined ||
    upgradeProofOf(observed) !== undefined ||
    volumesBehind(observed).length > 0 ||
    describeAdminToken(observed) !== '' ||
    (!observed.cluster.spec.hibernated && readReplicasReady(observed).status !== 'True');
  return quorum === 'healthy' && ready === expected && !isOnTheWay;
}

function held({ cluster }: Observed): boolean {
  return cluster.metadata.finalizers?.includes(FINALIZER) === true;
}

/** Only whose volumes go with it: any other may be deleted, and its namespace with it, while no operator runs. */
function hasToBeHeld({ cluster }: Observed): boolean {
  return cluster.spec.storage.retention.whenDeleted === 'Delete';
}

function isLeaving({ metadata }: { metadata: { readonly deletionTimestamp?: string } }): boolean {
  return metadata.deletionTimestamp !== undefined;
}
