import type { KubeObject } from '@rookery/kube/objects';
import { CLUSTER_LABEL, ordinalOf, SERVER_CONTAINER } from '../model/cluster-names.ts';
import type { MemberReport, ObservedPod, StatefulSet } from '../model/observed.ts';

/** The part of a Pod that is read. */
export interface Pod extends KubeObject {
  readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image?: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly PodCondition[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string } };
    }[];
  };
}

interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

const REVISION_LABEL = 'controller-revision-hash';

/** PURE. The members' pods among these, in the order of their ordinals. */
export function memberPods(cluster: string, pods: readonly Pod[]): Pod[] {
  const rank = ({ metadata }: Pod): number => ordinalOf(cluster, metadata.name) ?? -1;
  return pods
    .filter((pod) => pod.metadata.labels?.[CLUSTER_LABEL] === cluster && rank(pod) >= 0)
    .sort((a, b) => rank(a) - rank(b));
}

/** PURE. Where the member can be asked; undefined: not yet, or it is none of this StatefulSet's and must not learn the token. */
export function memberAddress(pod: Pod, statefulSet: StatefulSet | undefined): string | undefined {
  const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true);
  if (statefulSet === undefined || controller?.uid !== statefulSet.metadata.uid) return undefined;
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
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? '',
    resourceVersion: pod.metadata.resourceVersion ?? '',
    ordinal: ordinalOf(cluster, pod.metadata.name) ?? 0,
    ready: conditionOf(pod, 'Ready')?.status === 'True',
    deleting: pod.metadata.deletionTimestamp !== undefined,
    outdated: newest !== undefined && revision !== undefined && revision !== newest,
    image: pod.spec?.containers?.find((container) => container.name === SERVER_CONTAINER)?.image ?? '',
    trouble: troubleOf(pod),
    report,
  };
}

/** The reason alone: the messages beside it carry times and counts, and would change with each look. */
function troubleOf(pod: Pod): string {
  const waiting = pod.status?.containerStatuses?.map(({ state }) => state?.waiting?.reason ?? '') ?? [];
  const stuck = waiting.find((reason) => reason !== '' && !PASSING.has(reason));
  const unscheduled = conditionOf(pod, 'PodScheduled');
  if (unscheduled?.status === 'False') return unscheduled.reason ?? 'Unschedulable';
  return stuck ?? '';
}

/** On the way up, not in trouble. */
const PASSING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

function conditionOf(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}
