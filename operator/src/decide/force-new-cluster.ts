import type { ClusterOperation } from '@rookery/crds';
import { claimName, FORCE_NEW_CLUSTER_ANNOTATION } from '../model/cluster-names.ts';
import {
  everyClaim,
  everyPod,
  leaderWithQuorum,
  type Observed,
  type ObservedPod,
  ordinalsOf,
  type VolumeClaim,
} from '../model/observed.ts';
import type { ForcedSurvivor } from '../model/step.ts';
import type { Ensemble } from './ensemble.ts';
import { type Finding, finding } from './finding.ts';
import { isBlank } from './loss.ts';
import { FORCE_REFUSED, FORCING } from './quorum-loss.ts';
import { chooseSurvivor, type Survivor, whyUnknown } from './survivor.ts';

/** What stands in the status from before the survivor is asked until nothing is left of the former cluster. */
interface ForceRecord {
  /** The survivor's pod. */
  readonly target: string;
  readonly forced: NonNullable<ClusterOperation['forced']>;
}

type ForceStep =
  /** The record is written, and all is looked at once more. */
  | { readonly kind: 'record' }
  | { readonly kind: 'force'; readonly survivor: Survivor }
  /** The annotation goes: what it asks for is done, or there is a quorum and nothing to do. */
  | { readonly kind: 'end'; readonly forced: ForcedSurvivor | undefined }
  | { readonly kind: 'deleteClaim'; readonly claim: VolumeClaim }
  | { readonly kind: 'deletePod'; readonly pod: ObservedPod }
  /** It may come by itself. */
  | { readonly kind: 'await'; readonly why: string }
  /** Until somebody does something else. */
  | { readonly kind: 'refuse'; readonly why: string };

export interface ForcedCluster {
  readonly step: ForceStep;
  readonly record: ForceRecord | undefined;
  /** The survivor is the cluster: what is left to do is to replace the former members. */
  readonly isDone: boolean;
}

/**
 * How far it is with a cluster out of one survivor; undefined where nobody has asked for one, and nothing is left of a former one.
 *
 *   who survives stands in the status → it is asked, until it says that it has done so → the annotation goes → the volumes of the former members go,
 *   and their pods → their members are added as any others (membership.ts)
 *
 * It is done only where the quorum is lost for good, and never without the annotation. What was recorded may have been asked for: until its
 * member says that it has not done so no other is chosen, since two of them would be two clusters.
 */
export function forcedClusterOf(observed: Observed, ensemble: Ensemble): ForcedCluster | undefined {
  const { cluster, pods } = observed;
  const asked = cluster.metadata.annotations?.[FORCE_NEW_CLUSTER_ANNOTATION];
  const record = recordOf(cluster.status?.operation);
  if (record === undefined) return asked === undefined ? undefined : chosen(observed, ensemble, asked);
  if (isDone(pods, record)) return replacement(observed, record, asked !== undefined);
  const { target } = record;
  const pod = pods.find(({ name }) => name === target);
  const unknown = pod === undefined ? 'has no pod' : whyUnknown(pod);
  if (pod === undefined || unknown !== undefined)
    return { step: awaiting(`${target} ${unknown}, and ${MAY_BE_DONE}`), record, isDone: false };
  if (asked === undefined) return undefined;
  const again = chosen(observed, ensemble, asked);
  // With its data went what it may have done.
  if (again?.record === undefined) return again && { ...again, ...(isBlank(pod) ? {} : { record }) };
  if (again.record.target === target)
    return again.survivor === undefined
      ? again
      : { ...again, step: { kind: 'force', survivor: again.survivor } };
  if (isBlank(pod)) return again;
  const step: ForceStep = {
    kind: 'refuse',
    why: `${target} was chosen, and by now ${again.record.target} would be. Take the annotation away, and write it again once status.operation is no ForceNewCluster any more`,
  };
  return { step, record, isDone: false };
}

const MAY_BE_DONE = 'may be the cluster by now: no other can be until it says that it is not';

/** Its member is not added yet: what it has is of the former cluster, and goes first. */
export function isOfFormerCluster(observed: Observed, ordinal: number): boolean {
  const record = recordOf(observed.cluster.status?.operation);
  return record !== undefined && isOf(observed, formerClaims(observed, record), ordinal);
}

function recordOf(operation: ClusterOperation | undefined): ForceRecord | undefined {
  if (operation?.type !== 'ForceNewCluster') return undefined;
  const { target, forced } = operation;
  return target === undefined || forced === undefined ? undefined : { target, forced };
}

/** By the survivor's word, or that of those who have joined it since. */
function isDone(pods: readonly ObservedPod[], { target, forced }: ForceRecord): boolean {
  const { recovery = 0 } = leaderWithQuorum(pods)?.answer ?? {};
  const report = pods.find(({ name }) => name === target)?.report;
  const own = report?.kind === 'answer' ? (report.answer.recovery ?? 0) : 0;
  return Math.max(recovery, own) > forced.recovery;
}

function chosen(
  observed: Observed,
  ensemble: Ensemble,
  asked: string,
): (ForcedCluster & { readonly survivor?: Survivor }) | undefined {
  const { spec, metadata } = observed.cluster;
  if (spec.paused || spec.hibernated || metadata.deletionTimestamp !== undefined) return undefined;
  const choice = chooseSurvivor(observed, ensemble, asked);
  if (choice.kind === 'quorum')
    return { step: { kind: 'end', forced: undefined }, record: undefined, isDone: false };
  if (choice.kind !== 'survivor') return { step: choice, record: undefined, isDone: false };
  const { survivor } = choice;
  return { step: { kind: 'record' }, record: recorded(observed, survivor), isDone: false, survivor };
}

function recorded(observed: Observed, { pod, answer }: Survivor): ForceRecord {
  const { cluster, statefulSet, readReplicas } = observed;
  const { name } = cluster.metadata;
  const pods = everyPod(observed);
  // Who has no pod to come back in keeps its volume, as after each scale-down. An empty disk has nothing of the former cluster, and joins as it is.
  // What reads is of the former cluster, too.
  const names = [...ordinalsOf(statefulSet), ...ordinalsOf(readReplicas.statefulSet)]
    .filter((ordinal) => ordinal !== pod.ordinal)
    .filter((ordinal) => !pods.some((other) => other.ordinal === ordinal && isBlank(other)))
    .map((ordinal) => claimName(name, ordinal));
  const former = everyClaim(observed).filter(({ metadata }) => names.includes(metadata.name));
  return {
    target: pod.name,
    forced: {
      recovery: answer.recovery ?? 0,
      lastIndex: answer.lastLogIndex ?? 0,
      volumes: former.flatMap(({ metadata: { uid } }) => (uid === undefined ? [] : [uid])),
    },
  };
}

/** The annotation first: it must not stand there at the next loss. */
function replacement(observed: Observed, record: ForceRecord, isAsked: boolean): ForcedCluster | undefined {
  const { target, forced } = record;
  const going = (step: ForceStep): ForcedCluster => ({ step, record, isDone: true });
  if (isAsked) return going({ kind: 'end', forced: { pod: target, lastIndex: forced.lastIndex } });
  const former = formerClaims(observed, record);
  if (former.length === 0) return undefined;
  // Until it serves, the data of the others are all that there is besides its own.
  if (leaderWithQuorum(observed.pods) === undefined) return going(awaiting(`${target} has to lead`));
  const claim = former.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (claim !== undefined) return going({ kind: 'deleteClaim', claim });
  // A claim stays for as long as a pod on a node has it.
  const pod = everyPod(observed).find(
    ({ ordinal, deleting, node }) => !deleting && node !== '' && isOf(observed, former, ordinal),
  );
  if (pod !== undefined) return going({ kind: 'deletePod', pod });
  const names = former.map(({ metadata }) => metadata.name).join(', ');
  return going(awaiting(`${names} of the former cluster has to be gone`));
}

function formerClaims(observed: Observed, { forced }: ForceRecord): readonly VolumeClaim[] {
  return everyClaim(observed).filter(({ metadata }) => forced.volumes.includes(metadata.uid ?? ''));
}

function isOf({ cluster }: Observed, claims: readonly VolumeClaim[], ordinal: number): boolean {
  return claims.some(({ metadata }) => metadata.name === claimName(cluster.metadata.name, ordinal));
}

function awaiting(why: string): ForceStep {
  return { kind: 'await', why };
}

/** For people. */
export function describeForced({ step, record, isDone: isAlone }: ForcedCluster): string {
  const { target = '', forced } = record ?? {};
  const alone = isAlone ? `The cluster goes on with the data of ${target}. ` : '';
  switch (step.kind) {
    case 'record':
    case 'force':
      return `${target} is to be the only voter, with what its log holds up to index ${forced?.lastIndex}.`;
    case 'end':
      return step.forced === undefined ? QUORUM_IS_THERE : `${alone}The annotation is taken away.`;
    case 'deleteClaim':
      return `${alone}${step.claim.metadata.name} of the former cluster is deleted.`;
    case 'deletePod':
      return `${alone}${step.pod.name} of the former cluster is deleted.`;
    case 'await':
      return `${alone}Before anything else: ${step.why}.`;
    case 'refuse':
      return `Nothing is done for the annotation ${FORCE_NEW_CLUSTER_ANNOTATION}: ${step.why}.`;
    default:
      return step satisfies never;
  }
}

/** For people. */
export const QUORUM_IS_THERE = `There is a quorum, so no cluster is made of one member, and the annotation ${FORCE_NEW_CLUSTER_ANNOTATION} is taken away: it must not stand there at the next loss.`;

/** What Progressing says of it. */
export function forcing(forced: ForcedCluster): Finding {
  const message = describeForced(forced);
  return forced.step.kind === 'refuse'
    ? finding('False', FORCE_REFUSED, message)
    : finding('True', FORCING, message);
}
