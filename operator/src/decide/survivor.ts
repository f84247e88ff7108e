import { claimName, NEWEST, podName } from '../model/cluster-names.ts';
import {
  type MemberAnswer,
  newestConfiguration,
  type Observed,
  type ObservedPod,
  ordinalsOf,
} from '../model/observed.ts';
import type { Ensemble } from './ensemble.ts';
import { isBlank } from './loss.ts';

/** A member that answers, with data of the cluster. */
export interface Survivor {
  readonly pod: ObservedPod;
  readonly answer: MemberAnswer;
}

export type Choice =
  | { readonly kind: 'survivor'; readonly survivor: Survivor }
  /** There is nothing to survive. */
  | { readonly kind: 'quorum' }
  /** It may come by itself. */
  | { readonly kind: 'await'; readonly why: string }
  /** Until somebody does something else. */
  | { readonly kind: 'refuse'; readonly why: string };

/**
 * With whose data the cluster would go on, by what is seen now; only where its quorum is lost for good.
 *
 * @param asked a pod, which is taken as named but where a member that answers has more, since that one costs less; or NEWEST: then all that may
 *   have more are waited for
 */
export function chooseSurvivor(
  observed: Observed,
  { quorum, loss, voters }: Ensemble,
  asked: string,
): Choice {
  if (quorum === 'healthy') return { kind: 'quorum' };
  const ready = observed.pods.filter((pod) => pod.ready);
  if (ready.length > 0) {
    const names = ready.map(({ name }) => name).join(', ');
    return awaited(
      `the operator has to see whether there is a quorum, since probes say that somebody leads (ready: ${names})`,
    );
  }
  if (loss === undefined) {
    const who = whoMayComeBack(observed.pods, voters.length);
    return refused(
      `a quorum can still come back: ${who}. Bring the pods up; where volumes are gone for good, delete their claims and pods, so that these come back with empty disks`,
    );
  }
  const survivors = survivorsOf(observed);
  if (survivors.length === 0 && loss.emptied.length === loss.voters) return refused(NOTHING_LEFT);
  return asked === NEWEST ? newestOf(observed, survivors) : named(observed, survivors, asked);
}

const NOTHING_LEFT =
  'no member has any data of this cluster. Give a pod back a volume that it had; where there is none, delete the CoordinationCluster and make it anew, empty';

/** Members of the newest configuration that is known, with their data read. */
function survivorsOf({ cluster, pods }: Observed): readonly Survivor[] {
  const members = newestConfiguration(pods);
  return pods.flatMap((pod) => {
    const { report } = pod;
    if (report.kind === 'silent' || pod.deleting) return [];
    const { answer } = report;
    const isMember = members.some(
      ({ raftId, serverId }) => raftId === answer.raftId && serverId === answer.serverId,
    );
    const hasRead = answer.role !== 'joining' && answer.role !== 'starting';
    return isMember && hasRead && answer.clusterId === cluster.status?.clusterId ? [{ pod, answer }] : [];
  });
}

function newestOf(observed: Observed, survivors: readonly Survivor[]): Choice {
  const awaitedPods = mayHaveMore(observed, survivors);
  if (awaitedPods.length > 0)
    return awaited(
      `${awaitedPods.join(', ')} has to answer, since its volume is there and may hold more than the others. Where it cannot come up, name the pod whose data are to be taken instead of "${NEWEST}"`,
    );
  const untold = survivors.find(({ answer }) => !tellsOfItsLog(answer));
  if (untold !== undefined) return refused(whyUntold(untold));
  const [best] = survivors.toSorted(
    (a, b) => compareLogs(b.answer, a.answer) || a.pod.ordinal - b.pod.ordinal,
  );
  return best === undefined ? refused(NOTHING_LEFT) : { kind: 'survivor', survivor: best };
}

/** Pods that do not say what they have, and that have a volume to have it on. */
function mayHaveMore(
  { cluster, pods, volumeClaims, statefulSet }: Observed,
  survivors: readonly Survivor[],
): readonly string[] {
  const { name } = cluster.metadata;
  // Who answers and is none of them is taken out, or has an empty disk.
  const known = new Set(
    pods.filter((pod) => whyUnknown(pod) === undefined && !pod.deleting).map((pod) => pod.ordinal),
  );
  for (const { pod } of survivors) known.add(pod.ordinal);
  return ordinalsOf(statefulSet)
    .filter((ordinal) => !known.has(ordinal))
    .filter((ordinal) => volumeClaims.some(({ metadata }) => metadata.name === claimName(name, ordinal)))
    .map((ordinal) => podName(name, ordinal));
}

function named(observed: Observed, survivors: readonly Survivor[], asked: string): Choice {
  const found = survivors.find(({ pod }) => pod.name === asked);
  if (found === undefined) {
    const pod = observed.pods.find(({ name }) => name === asked);
    const unknown = pod && whyUnknown(pod);
    if (unknown !== undefined) return awaited(`${asked} ${unknown}`);
    const others = survivors.map((survivor) => survivor.pod.name).join(', ');
    const why = pod === undefined ? `there is no pod "${asked}"` : `${asked} has no data of this cluster`;
    return refused(`${why}: write ${[others, `"${NEWEST}"`].filter((part) => part !== '').join(' or ')}`);
  }
  if (!tellsOfItsLog(found.answer)) return refused(whyUntold(found));
  const newer = survivors.find(
    ({ answer }) => tellsOfItsLog(answer) && compareLogs(answer, found.answer) > 0,
  );
  return newer === undefined
    ? { kind: 'survivor', survivor: found }
    : refused(`${newer.pod.name} has a newer log than ${asked}: write ${newer.pod.name}, or "${NEWEST}"`);
}

/** Why it does not say what it has; undefined: it does. */
export function whyUnknown({ report }: ObservedPod): string | undefined {
  if (report.kind === 'silent') return `does not answer (${report.why})`;
  return report.answer.role === 'starting' ? 'is reading its data' : undefined;
}

function tellsOfItsLog({ recovery, lastLogTerm, lastLogIndex }: MemberAnswer): boolean {
  return recovery !== undefined && lastLogTerm !== undefined && lastLogIndex !== undefined;
}

/** Releases from before there were forced recoveries. */
function whyUntold({ pod, answer }: Survivor): string {
  return `${pod.name} runs ${answer.version}, which cannot be made a cluster by force. Write a newer spec.version, with spec.update.proof.enabled: false, and delete that pod: it comes back as that version, with its volume`;
}

/** As Raft compares them in an election. */
function compareLogs(a: MemberAnswer, b: MemberAnswer): number {
  return (a.lastLogTerm ?? 0) - (b.lastLogTerm ?? 0) || (a.lastLogIndex ?? 0) - (b.lastLogIndex ?? 0);
}

function whoMayComeBack(pods: readonly ObservedPod[], voters: number): string {
  const silent = pods.filter((pod) => whyUnknown(pod) !== undefined && !isBlank(pod));
  if (silent.length > 0) return `${silent.map(({ name }) => name).join(', ')} may have the data yet`;
  return voters === 0 ? 'no member tells who votes' : 'enough voters have their data';
}

function awaited(why: string): Choice {
  return { kind: 'await', why };
}

function refused(why: string): Choice {
  return { kind: 'refuse', why };
}
