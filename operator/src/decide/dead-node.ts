import { durationMs } from '@rookery/crds';
import { DATA_CLAIM } from '../model/cluster-names.ts';
import {
  endOfOrdinals,
  type leaderWithQuorum,
  type MemberStanding,
  type Observed,
  type ObservedPod,
} from '../model/observed.ts';
import type { Step } from '../model/step.ts';
import { deletePod } from './delete-pod.ts';

/** A kubelet that lives says so sooner. */
const MARGIN_MS = 30_000;

/** Pods that should have stopped, and nobody says that they have: their node is off, or cut off. Their members may yet be running. */
export function hangingPods(observed: Observed): readonly ObservedPod[] {
  return observed.pods.filter((pod) => overdueMs(observed, pod) >= MARGIN_MS);
}

/** For people. */
export function describeHanging({ cluster }: Observed, { name, node }: ObservedPod): string {
  const { replaceAfter } = cluster.spec.nodeFailure;
  const then =
    replaceAfter === undefined
      ? 'once the node is off for certain, delete the pod by force, or set spec.nodeFailure.replaceAfter'
      : `its member is replaced ${replaceAfter} after it should have stopped`;
  return `${name} should have stopped, and its node ${node} does not say that it has: ${then}`;
}

/** Whose member is to be replaced elsewhere, by what the spec says and for how long they hang. */
function abandonedPods(observed: Observed): readonly ObservedPod[] {
  const { replaceAfter } = observed.cluster.spec.nodeFailure;
  if (replaceAfter === undefined) return [];
  const afterMs = Math.max(MARGIN_MS, durationMs(replaceAfter));
  return observed.pods.filter((pod) => overdueMs(observed, pod) >= afterMs);
}

/** Its place is to be another process's: it is taken out of the ensemble, after which it can never vote again, whatever becomes of its node. */
export function isAbandoned(observed: Observed, { serverId, instance, connected }: MemberStanding): boolean {
  const hangs = abandonedPods(observed).some(({ ordinal }) => ordinal + 1 === serverId);
  return hangs && instance !== 0 && !connected;
}

/**
 * Deletes the pod by force, and before it the volume, which may be the node's; only once its member has left the ensemble: until then two processes
 * could be the same member.
 */
export function replaceAbandoned(
  observed: Observed,
  leader: ReturnType<typeof leaderWithQuorum>,
): Step | undefined {
  const { cluster, statefulSet, volumeClaims } = observed;
  if (leader === undefined || leader.answer.changing) return undefined;
  const pod = abandonedPods(observed).find(({ ordinal }) => {
    const { members, readReplicas = [] } = leader.answer;
    const standing = [...members, ...readReplicas].find(({ serverId }) => serverId === ordinal + 1);
    return standing === undefined || standing.instance === 0;
  });
  if (pod === undefined) return undefined;
  const claim = volumeClaims.find(
    ({ metadata }) =>
      metadata.name === `${DATA_CLAIM}-${pod.name}` && metadata.deletionTimestamp === undefined,
  );
  // Of one that was taken away by a scale-down the volume stays, as always.
  const isToComeBack = pod.ordinal < endOfOrdinals(statefulSet);
  return claim !== undefined && isToComeBack
    ? { kind: 'delete', object: claim, why: 'abandoned' }
    : deletePod(cluster, pod, 'abandoned');
}

/** How long ago it should have stopped; below 0: it has time yet, or nobody wants it gone. */
function overdueMs({ now }: Observed, { goneBy }: ObservedPod): number {
  return goneBy === '' ? -1 : Date.parse(now) - Date.parse(goneBy);
}
