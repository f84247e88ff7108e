import { type ClusterUpgradeProof, durationMs } from '@rookery/crds';
import {
  CLIENT_PORT,
  PEER_PORT,
  PROOF_SERVER_ID,
  proofHost,
  proofName,
  proofPodName,
} from '../model/cluster-names.ts';
import type { MembershipChange } from '../model/membership.ts';
import {
  imageOf,
  leaderWithQuorum,
  type MemberAnswer,
  type MemberStanding,
  type Observed,
  type ObservedPod,
  type ProofSite,
  type StatefulSet,
  type VolumeClaim,
} from '../model/observed.ts';
import { compareCheckpoints } from './checkpoints.ts';
import { hasBegun } from './ensemble.ts';
import { hasCaughtUp } from './quorum.ts';

/** The reasons of Progressing where a version is not rolled out: its state is another one, or nobody could find out. */
export const UPGRADE_DIFFERS = 'UpgradeDiffers';
export const PROOF_STUCK = 'UpgradeProofStuck';

type ProofObject = StatefulSet | VolumeClaim;

export type ProofStep =
  | {
      readonly kind: 'change';
      readonly change: MembershipChange;
      readonly expectedIndex: number;
      readonly leader: ObservedPod;
    }
  | { readonly kind: 'delete'; readonly object: ProofObject }
  /** Nothing was written since the last one, so none is due. */
  | { readonly kind: 'logCheckpoint'; readonly leader: ObservedPod }
  /** `isHopeless`: it will not come by itself. */
  | { readonly kind: 'await'; readonly why: string; readonly isHopeless?: true }
  /** Until the status says so, or, where it differs, until the spec is another one. */
  | { readonly kind: 'end'; readonly result: ClusterUpgradeProof };

export interface UpgradeProof {
  /** The tag of the image that is proved, or of which what it was proved by is being cleared away. */
  readonly version: string;
  /** Nothing is to be proved: what is left goes. */
  readonly isOver: boolean;
  /** Raft id of the learner, while it has one. */
  readonly memberId: number | undefined;
  readonly step: ProofStep;
  /** RFC 3339. */
  readonly startedAt: string;
  /** It has taken longer than the spec says, or cannot come to an end. */
  readonly isStuck: boolean;
}

interface Leader {
  readonly pod: ObservedPod;
  readonly answer: MemberAnswer;
}

/**
 * How far the proof of another image is; undefined where there is none, and nothing is left of one.
 *
 *   its pod and its volume (they are in the plan) → a learner that never votes → it catches up → it equals the voters at so many checkpoints → the
 *   result stands in the status → the learner goes out of Raft → its pod and its volume go
 *
 * The last two are done as well where the spec is set back, or asks for yet another image. Where the states differ all stays as it is until then.
 */
export function upgradeProofOf(observed: Observed): UpgradeProof | undefined {
  const { plan, proof: site } = observed;
  if (!hasBegun(observed) || plan.invalid !== undefined) return undefined;
  const leader = leaderWithQuorum(observed.pods);
  const wanted = plan.proof?.image;
  const isMade =
    wanted !== undefined && imageOf(site?.statefulSet) === wanted && !isLeaving(site?.statefulSet);
  const step = isMade ? provingStep(observed, wanted, leader) : clearingStep(observed, leader);
  if (step === undefined && wanted === undefined) return undefined;
  // The plan has its StatefulSet again once nothing is left of the one before.
  return described(observed, leader, step ?? awaited('its pod has to be made'));
}

function described(
  { cluster, plan, proof: site, now }: Observed,
  leader: Leader | undefined,
  step: ProofStep,
): UpgradeProof {
  const operation = cluster.status?.operation;
  const before = operation?.type === 'ProveUpgrade' ? operation : undefined;
  const image = plan.proof?.image ?? imageOf(site?.statefulSet);
  const version = image === undefined ? (before?.target ?? 'another version') : tagOf(image);
  const startedAt = before?.target === version ? before.startedAt : now;
  const isOver = plan.proof === undefined;
  const takesMs = Date.parse(now) - Date.parse(startedAt);
  const isLate = !isOver && takesMs >= durationMs(cluster.spec.update.proof.timeout);
  const isHopeless = step.kind === 'await' && step.isHopeless === true;
  return {
    version,
    isOver,
    memberId: leader?.answer.prover?.raftId,
    step,
    startedAt,
    isStuck: step.kind !== 'end' && (isLate || isHopeless),
  };
}

function provingStep(observed: Observed, image: string, leader: Leader | undefined): ProofStep {
  const { cluster, proof: site, pods } = observed;
  const { name, namespace } = cluster.metadata;
  const recorded = cluster.status?.upgradeProof;
  if (recorded?.image === image && recorded.result === 'Differs') return { kind: 'end', result: recorded };
  if (leader === undefined) return awaited('a leader that a majority follows has to be there');
  if (leader.answer.changing) return awaited('a change of the membership has to come to its end');
  if (leader.answer.checkpoints === undefined) return untold('the members run', leader.answer);
  const { prover, configurationIndex: expectedIndex } = leader.answer;
  if (prover === undefined) {
    const host = proofHost(name, namespace);
    const place = { host, peerPort: PEER_PORT, clientHost: host, clientPort: CLIENT_PORT };
    const member = { serverId: PROOF_SERVER_ID, ...place, provesVersion: true as const };
    return { kind: 'change', change: { kind: 'add', member }, expectedIndex, leader: leader.pod };
  }
  const answer = site?.pod?.report.kind === 'answer' ? site.pod.report.answer : undefined;
  if (answer === undefined) return awaited(whySilent(name, site));
  if (hasLostItsData(prover, answer)) return removal(prover, leader);
  if (answer.checkpoints === undefined && answer.role === 'learner')
    return untold(`${proofPodName(name)} runs`, answer);
  const { equal, difference } = compareCheckpoints(answer, leader.answer, pods);
  if (difference !== undefined)
    return { kind: 'end', result: { image, result: 'Differs', checkpoint: difference.index } };
  if (!hasCaughtUp(prover)) return awaited(`${proofPodName(name)} has to catch up with the log`);
  const needed = cluster.spec.update.proof.checkpoints;
  const last = equal.at(-1);
  if (last !== undefined && equal.length >= needed)
    return { kind: 'end', result: { image, result: 'Equal', checkpoint: last } };
  const newest = leader.answer.checkpoints.at(-1)?.index;
  const isIdle = newest !== undefined && newest >= (leader.answer.commitIndex ?? 0);
  if (isIdle && last === newest) return { kind: 'logCheckpoint', leader: leader.pod };
  return awaited(`its state is that of the voters at ${equal.length} of ${needed} checkpoints`);
}

/** Out of Raft first: a learner that does not come back would be waited for. Hibernated, nobody waits, and nobody could be asked. */
function clearingStep({ cluster, proof: site }: Observed, leader: Leader | undefined): ProofStep | undefined {
  const { statefulSet, claim, pod } = site ?? {};
  const prover = leader?.answer.prover;
  if (!cluster.spec.hibernated && (site !== undefined || prover !== undefined)) {
    if (leader === undefined) return awaited('a leader that a majority follows has to be there');
    if (leader.answer.changing) return awaited('a change of the membership has to come to its end');
    if (prover !== undefined) return removal(prover, leader);
  }
  for (const object of [statefulSet, claim])
    if (object !== undefined && !isLeaving(object)) return { kind: 'delete', object };
  const isGoing = statefulSet !== undefined || claim !== undefined || pod !== undefined;
  return isGoing ? awaited('what it was proved by has to be gone') : undefined;
}

function removal({ raftId, serverId }: MemberStanding, { pod, answer }: Leader): ProofStep {
  const change = { kind: 'remove' as const, raftId, serverId };
  return { kind: 'change', change, expectedIndex: answer.configurationIndex, leader: pod };
}

/** Releases from before there were proofs. */
function untold(who: string, { version }: MemberAnswer): ProofStep {
  const why = `${who} ${version}, which does not tell its state at checkpoints: this one update cannot be proved, and needs spec.update.proof.enabled: false`;
  return { kind: 'await', why, isHopeless: true };
}

function awaited(why: string): ProofStep {
  return { kind: 'await', why };
}

function whySilent(cluster: string, site: ProofSite | undefined): string {
  const { pod, podRefused = '' } = site ?? {};
  const name = proofPodName(cluster);
  if (pod === undefined) {
    const refused = podRefused === '' ? '' : `: ${podRefused}`;
    return `${name} has to be made from the StatefulSet ${proofName(cluster)}${refused}`;
  }
  if (pod.trouble !== '') return `${name} does not run: ${pod.trouble}`;
  return `${name} does not answer${pod.report.kind === 'silent' ? `: ${pod.report.why}` : ''}`;
}

/** Its volume was emptied: another process is there than the one that was admitted. */
function hasLostItsData({ instance }: MemberStanding, answer: MemberAnswer): boolean {
  const isEmpty = answer.role === 'joining' && answer.clusterId === '';
  return isEmpty && instance !== 0 && answer.instance !== instance;
}

function isLeaving(object: ProofObject | undefined): boolean {
  return object?.metadata.deletionTimestamp !== undefined;
}

/** `registry:5000/a/b:1.0.0` → `1.0.0`; all of it where it has no tag. */
function tagOf(image: string): string {
  return /:([\w][\w.-]*)$/.exec(image)?.[1] ?? image;
}

/** For people. */
export function describeProof(cluster: string, proof: UpgradeProof): string {
  const { version } = proof;
  const pod = proofPodName(cluster);
  if (proof.isOver) return `The proof of ${version} is over. ${describeStep(pod, proof.step)}`;
  return `${version} is proved on the live log by ${pod}, before any member is rolled to it. ${describeStep(pod, proof.step)}`;
}

function describeStep(pod: string, step: ProofStep): string {
  switch (step.kind) {
    case 'change':
      return step.change.kind === 'add'
        ? `${pod} is added as a learner.`
        : `${pod} is taken out of the ensemble.`;
    case 'delete':
      return `The ${step.object.kind} ${step.object.metadata.name} is deleted.`;
    case 'logCheckpoint':
      return 'Nothing is written, so the leader is asked for a checkpoint.';
    case 'await':
      return `Before it goes on: ${step.why}.`;
    case 'end':
      return step.result.result === 'Equal'
        ? `Its state was that of the voters, up to log index ${step.result.checkpoint}.`
        : `Its state differs from that of the voters at log index ${step.result.checkpoint}.`;
    default:
      return step satisfies never;
  }
}

/** For people: why no member is rolled, and what to do. */
export function describeDifference(cluster: string, running: string, result: ClusterUpgradeProof): string {
  return `${tagOf(result.image)} is not rolled out: ${proofPodName(cluster)}, which runs it on the live log, has another state than the voters at the checkpoint at log index ${result.checkpoint}. The members run ${tagOf(running)} as before. Set spec.version and spec.image back, which removes that pod; keep its log and volume first if you report this.`;
}
