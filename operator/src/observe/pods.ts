import type { CoordinationCluster } from '@rookery/crds';
import { modeOf } from '../desired/peer-tls.ts';
import {
  CLUSTER_LABEL,
  ordinalOf,
  PROOF_SERVER_ID,
  proofPodName,
  readOrdinalOf,
  SERVER_CONTAINER,
} from '../model/cluster-names.ts';
import type { MemberReport, ObservedPod, StatefulSet } from '../model/observed.ts';
import { controllerOf } from './applied.ts';
import { conditionOf, type Pod } from './pod.ts';
import { podTrouble } from './pod-trouble.ts';

const REVISION_LABEL = 'controller-revision-hash';

/** PURE. The members' pods among these, in the order of their ordinals. */
export function memberPods(
  cluster: string,
  pods: readonly Pod[],
  ordinalOfPod: typeof ordinalOf = ordinalOf,
): Pod[] {
  const rank = ({ metadata }: Pod): number => ordinalOfPod(cluster, metadata.name) ?? -1;
  return pods
    .filter((pod) => pod.metadata.labels?.[CLUSTER_LABEL] === cluster && rank(pod) >= 0)
    .sort((a, b) => rank(a) - rank(b));
}

/** PURE. Where the member can be asked; undefined: not yet, or it is none of this StatefulSet's and must not learn the token. */
export function memberAddress(pod: Pod, statefulSet: StatefulSet | undefined): string | undefined {
  if (statefulSet === undefined || controllerOf(pod)?.uid !== statefulSet.metadata.uid) return undefined;
  return pod.status?.phase === 'Running' ? pod.status.podIP : undefined;
}

/** PURE. */
export function observedPod(
  cluster: string,
  pod: Pod,
  statefulSet: StatefulSet | undefined,
  report: MemberReport,
): ObservedPod {
  const newest = statefulSet?.status?.updateRevision;
  const revision = pod.metadata.labels?.[REVISION_LABEL];
  const readiness = conditionOf(pod, 'Ready');
  const deleting = pod.metadata.deletionTimestamp !== undefined;
  // One that goes is as good as gone, as it is for the endpoints of Services: its probe may say otherwise to the end.
  const ready = readiness?.status === 'True' && !deleting;
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? '',
    resourceVersion: pod.metadata.resourceVersion ?? '',
    ordinal: ordinalOfPod(cluster, pod.metadata.name),
    address: memberAddress(pod, statefulSet),
    ready,
    notReadySince: ready ? '' : (readiness?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? ''),
    deleting,
    orphaned: controllerOf(pod) === undefined,
    // Of pods it is the end of their grace.
    goneBy: pod.metadata.deletionTimestamp ?? '',
    node: pod.spec?.nodeName ?? '',
    image: pod.spec?.containers?.find(({ name }) => name === SERVER_CONTAINER)?.image ?? '',
    outdated: newest !== undefined && revision !== undefined && revision !== newest,
    configMap: pod.spec?.volumes?.find(({ configMap }) => configMap !== undefined)?.configMap?.name ?? '',
    peerTls: modeOf(pod.spec),
    trouble: podTrouble(pod),
    report,
  };
}

function ordinalOfPod(cluster: string, pod: string): number {
  if (pod === proofPodName(cluster)) return PROOF_SERVER_ID - 1;
  return ordinalOf(cluster, pod) ?? readOrdinalOf(cluster, pod) ?? 0;
}

/**
 * PURE. What has data from before a forced recovery speaks for a cluster that is no more: nothing of what it says, such as who the members are, is
 * listened to. An empty disk speaks for none.
 */
export function heardIn({ status }: CoordinationCluster, pod: ObservedPod): ObservedPod {
  const { report } = pod;
  if (report.kind === 'silent' || report.answer.clusterId === '') return pod;
  const recovery = status?.recovery ?? 0;
  if ((report.answer.recovery ?? 0) >= recovery) return pod;
  const why = `its data are of the cluster before the forced recovery ${recovery}: its volume has to be replaced`;
  return { ...pod, report: { kind: 'silent', why } };
}
