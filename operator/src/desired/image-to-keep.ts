import { imageOf, type Observed } from '../model/observed.ts';
import type { DesiredContext } from './blueprint.ts';

type Found = Pick<Observed, 'cluster' | 'statefulSet' | 'pods' | 'proof'>;

/**
 * The image that the members keep for now, since the spec's has to be proved first; undefined: they get the spec's.
 *
 * Nothing is proved where no member could say what is right (before the cluster has begun, while it is hibernated and as it wakes up, where none of
 * the pods can start), where the spec asks for no proof, and where a member serves with that very image already: an update that is taken back goes at once.
 */
export function imageToKeep({ cluster, statefulSet, pods }: Found, wanted: string): string | undefined {
  const { spec, status } = cluster;
  if (!spec.update.proof.enabled || spec.hibernated || status?.clusterId === undefined) return undefined;
  const running = runningImage({ statefulSet, pods }, wanted);
  if (running === undefined || running === wanted || isNobodyThere({ statefulSet, pods })) return undefined;
  const { upgradeProof } = status;
  if (upgradeProof?.image === wanted && upgradeProof.result === 'Equal') return undefined;
  return pods.some(({ ready, image }) => ready && image === wanted) ? undefined : running;
}

/** Kubernetes makes no pod, or can start none: an image that cannot run is taken back at once. */
function isNobodyThere({ statefulSet, pods }: Pick<Found, 'statefulSet' | 'pods'>): boolean {
  const canNoneStart =
    pods.length > 0 && pods.every(({ trouble, report }) => trouble !== '' && report.kind === 'silent');
  return statefulSet?.spec.replicas === 0 || canNoneStart;
}

/** That of the StatefulSet, unless it is one that no member has come up with while others serve with another. */
function runningImage(
  { statefulSet, pods }: Pick<Found, 'statefulSet' | 'pods'>,
  wanted: string,
): string | undefined {
  const made = imageOf(statefulSet);
  const serving = pods.flatMap(({ ready, image }) => (ready && image !== '' ? [image] : []));
  if (made === wanted || (made !== undefined && serving.includes(made))) return made;
  return serving[0] ?? made ?? pods.find(({ image }) => image !== '')?.image;
}

/**
 * What is planned of a proof. The StatefulSet of another image goes before there is a new one, with all that it kept: what the two make of the log
 * must not be mixed up. What surrounds it goes last.
 *
 * @param image that has to be proved; undefined: none
 */
export function proofPart({ proof }: Found, image: string | undefined): DesiredContext['proof'] {
  const { statefulSet, pod, claim } = proof ?? {};
  if (statefulSet === undefined) {
    const isClear = pod === undefined && claim === undefined;
    if (image === undefined) return undefined;
    return isClear ? 'whole' : 'surroundings';
  }
  const isLeaving = statefulSet.metadata.deletionTimestamp !== undefined;
  return imageOf(statefulSet) === image && !isLeaving ? 'whole' : 'surroundings';
}
