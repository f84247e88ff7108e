import type { CoordinationCluster } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import { SERVER_CONTAINER } from './cluster-names.ts';
import type { Plan } from './plan.ts';
import type { ObservedTls, PeerTlsMode, Seen } from './tls.ts';

/** Everything that one decision is made from. Plain data: the same Observed always gives the same step and the same status. */
export interface Observed {
  readonly cluster: CoordinationCluster;
  readonly statefulSet: StatefulSet | undefined;
  readonly pods: readonly ObservedPod[];
  readonly adminToken: 'there' | 'missing' | 'unusable';
  /** Absent: the Secret is not there, cannot be used, or is not the operator's to write over. */
  readonly adminSecret?: AdminSecretFacts;
  readonly tls: ObservedTls;
  readonly plan: Plan;
  /** One for each object of the plan, in its order. */
  readonly objects: readonly ObservedObject[];
  /** Owned by this cluster and no longer in the plan. */
  readonly surplus: readonly KubeObject[];
  /** The members' volume claims. Read past the cache when the cluster is being deleted or has no StatefulSet. */
  readonly volumeClaims: readonly VolumeClaim[];
  readonly readReplicas: ObservedReadReplicas;
  /** Where a version is proved; absent: there is nothing of it. */
  readonly proof?: ProofSite;
  /** Why Kubernetes cannot make the pods that are missing, in the API server's words; empty where none is, or nobody complains. */
  readonly podsRefused: string;
  /** Why the last step was refused by the API server, for a person; undefined: it was not. */
  readonly failure?: string;
  /** The time of day, RFC 3339 in whole seconds: what conditions carry. */
  readonly now: string;
}

/** NAME-admin, while others take the place of its texts. The texts themselves stay in it. */
export interface AdminSecretFacts {
  readonly seen: Seen;
  /** The text of the annotation that the last rotation was asked for by; empty: none was. */
  readonly rotatedFor: string;
  /** The same of the one under way; undefined: none is. */
  readonly rotatingFor: string | undefined;
  /** Fingerprint of the token that is used next, or from now on. */
  readonly newestToken: string;
}

/** What there is of the read replicas: as that of the members above, of a StatefulSet of their own. */
export interface ObservedReadReplicas {
  readonly statefulSet: StatefulSet | undefined;
  readonly pods: readonly ObservedPod[];
  readonly volumeClaims: readonly VolumeClaim[];
  /** One for each object that is planned of them, in its order. */
  readonly objects: readonly ObservedObject[];
  readonly podsRefused: string;
  /** Why the last step for them was refused by the API server; undefined: it was not. */
  readonly failure?: string;
}

export const NO_READ_REPLICAS: ObservedReadReplicas = {
  statefulSet: undefined,
  pods: [],
  volumeClaims: [],
  objects: [],
  podsRefused: '',
};

/**
 * How an object of the plan was found.
 * - `right`: as the API server answered when this very object was last applied
 * - `differs`: to be applied: the plan changed, or this process has not applied it yet
 * - `drifted`: was right, and somebody changed or deleted it since
 * - `leaving`: being deleted, or left by a former cluster of this name: has to go before it can be made anew
 * - `foreign`: somebody else's object has the name
 */
export type ObjectState = 'right' | 'missing' | 'differs' | 'drifted' | 'leaving' | 'foreign';

export interface ObservedObject {
  readonly wanted: KubeObject;
  readonly state: ObjectState;
  readonly found: KubeObject | undefined;
}

/** The part of a container that is read. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** The part of a StatefulSet that is read. */
export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly ordinals?: { readonly start?: number };
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: {
      readonly spec?: { readonly containers?: readonly Container[] };
    };
    readonly volumeClaimTemplates?: readonly unknown[];
  };
  readonly status?: { readonly observedGeneration?: number; readonly updateRevision?: string };
}

/** The part of a PersistentVolumeClaim that is read. */
export interface VolumeClaim extends KubeObject {
  readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: { readonly storage?: string };
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

export interface ObservedPod {
  readonly name: string;
  /** This very pod, as it was seen: only it may be deleted. */
  readonly uid: string;
  readonly resourceVersion: string;
  readonly ordinal: number;
  /** Where its member can be asked and told; undefined: nowhere yet, or it is none of this StatefulSet's. */
  readonly address: string | undefined;
  /** Its condition Ready, the readiness probe as the kubelet sees it, unless it is being deleted. */
  readonly ready: boolean;
  /** RFC 3339: since when it has not been ready, or there at all; empty where it is ready. */
  readonly notReadySince: string;
  readonly deleting: boolean;
  /** Its StatefulSet was deleted without it: nobody else would delete it. */
  readonly orphaned: boolean;
  /** RFC 3339: by when it should have stopped; empty where nobody has deleted it. */
  readonly goneBy: string;
  /** Empty where it has none yet. */
  readonly node: string;
  /** Of its member; empty where that is not to be seen. */
  readonly image: string;
  /** Made from an older template of the StatefulSet than there is now. */
  readonly outdated: boolean;
  /** The ConfigMap that its member reads its settings from; empty where that is not to be seen. */
  readonly configMap: string;
  /** What its member was made to take of the others. */
  readonly peerTls: PeerTlsMode;
  /** Why no member runs in it, in the scheduler's or the kubelet's words; empty when nothing holds it up. */
  readonly trouble: string;
  readonly report: MemberReport;
}

/** What there is for a proof. Each part may be there without the others, amid its making and its end. */
export interface ProofSite {
  readonly statefulSet: StatefulSet | undefined;
  readonly pod: ObservedPod | undefined;
  readonly claim: VolumeClaim | undefined;
  /** Why its pod cannot be made, in the API server's words; empty where nobody complains. */
  readonly podRefused: string;
}

/** What a member said over HTTP, or why nothing came of it. */
export type MemberReport =
  | { readonly kind: 'answer'; readonly answer: MemberAnswer }
  | { readonly kind: 'silent'; readonly why: string };

export const ANSWER_ROLES = ['leader', 'follower', 'candidate', 'learner', 'joining', 'starting'] as const;
export type AnswerRole = (typeof ANSWER_ROLES)[number];

/** The part of a member's GET /admin/members that is read. */
export interface MemberAnswer {
  readonly version: string;
  readonly serverId: number;
  /** 0 while it has none. */
  readonly raftId: number;
  /** Which process it is: another one at each start. */
  readonly instance: number;
  /** Empty before the cluster has begun. */
  readonly clusterId: string;
  readonly role: AnswerRole;
  readonly term: number;
  /** Server id of the leader that it follows, or its own; undefined: it knows none. */
  readonly leader: number | undefined;
  readonly configurationIndex: number;
  /** A change of the membership has not come to its end. */
  readonly changing: boolean;
  /** In force, as far as it has applied the log; 0: it has read no data, or is of a version without levels. */
  readonly featureLevel: number;
  /** That it can run; 0: as above. */
  readonly highestFeatureLevel: number;
  readonly serving: boolean;
  /** Why it is not ready, for a person; empty when it is. */
  readonly reason: string;
  /** What it shows and trusts by TLS, one for each kind of port that speaks it. */
  readonly certificates: readonly ShownCertificate[];
  /** Fingerprints of the tokens that it takes for /admin; absent: it is of a version that does not tell. */
  readonly adminTokens?: readonly string[];
  /** Those that vote, and those on their way there. */
  readonly members: readonly MemberStanding[];
  /** Who never votes; absent: there are none. */
  readonly readReplicas?: readonly MemberStanding[];
  /** Who is there to prove a version: none of the members. */
  readonly prover?: MemberStanding;
  readonly commitIndex?: number;
  /** Forced recoveries that its data have been through; absent, as the two below: it is of a version that knows of none. */
  readonly recovery?: number;
  readonly lastLogTerm?: number;
  readonly lastLogIndex?: number;
  /** Its own digests at the last checkpoints of the log, the oldest first; absent: it is of a version that does not tell. */
  readonly checkpoints?: readonly Checkpoint[];
  /** Of the prover: where it found its state to differ. */
  readonly differs?: CheckpointDifference;
}

export interface Checkpoint {
  /** Of the log. */
  readonly index: number;
  readonly digest: string;
}

export interface CheckpointDifference {
  readonly index: number;
  readonly own: string;
  readonly theirs: string;
}

export interface ShownCertificate {
  readonly listener: 'clients' | 'members' | 'HTTP';
  /** Hexadecimal. */
  readonly serial: string;
  /** RFC 3339. */
  readonly notAfter: string;
  /** SHA-256 of each authority that is trusted there; undefined: a version that does not tell. */
  readonly trusted: readonly string[] | undefined;
}

export interface MemberStanding {
  readonly serverId: number;
  readonly raftId: number;
  readonly role: AnswerRole | 'voter';
  /** The process that was admitted under this id; 0: none has come yet. */
  readonly instance: number;
  /** Whoever says so has a link to it. */
  readonly connected: boolean;
  readonly lagEntries: number | undefined;
}

/** The ordinal behind the last that the StatefulSet keeps a pod for. */
export function endOfOrdinals(statefulSet: StatefulSet | undefined): number {
  const { ordinals, replicas = 0 } = statefulSet?.spec ?? {};
  return (ordinals?.start ?? 0) + replicas;
}

/** Those that the StatefulSet keeps a pod for. */
export function ordinalsOf(statefulSet: StatefulSet | undefined): readonly number[] {
  const replicas = statefulSet?.spec.replicas ?? 0;
  return Array.from({ length: replicas }, (_, at) => endOfOrdinals(statefulSet) - replicas + at);
}

/** Those of the members, and of the read replicas. */
export function everyPod({
  pods,
  readReplicas,
}: Pick<Observed, 'pods' | 'readReplicas'>): readonly ObservedPod[] {
  return [...pods, ...readReplicas.pods];
}

/** The same of volumes. */
export function everyClaim({
  volumeClaims,
  readReplicas,
}: Pick<Observed, 'volumeClaims' | 'readReplicas'>): readonly VolumeClaim[] {
  return [...volumeClaims, ...readReplicas.volumeClaims];
}

/** What the members' container of a StatefulSet runs; undefined where it has none. */
export function imageOf(statefulSet: StatefulSet | undefined): string | undefined {
  return statefulSet?.spec.template?.spec?.containers?.find(({ name }) => name === SERVER_CONTAINER)?.image;
}

/** A process runs in it, whether or not it answers: of read replicas nobody waits for those in which none does. */
export function isUp({ address, trouble, deleting }: ObservedPod): boolean {
  return address !== undefined && trouble === '' && !deleting;
}

export function answersOf(pods: readonly ObservedPod[]): readonly MemberAnswer[] {
  return pods.flatMap(({ report }) => (report.kind === 'answer' ? [report.answer] : []));
}

/**
 * The leader of the newest term, with its pod, where a majority of the voters that it names go by it: what it says of the membership is in force.
 */
export function leaderWithQuorum(
  pods: readonly ObservedPod[],
): { readonly pod: ObservedPod; readonly answer: MemberAnswer } | undefined {
  const answers = answersOf(pods);
  const term = Math.max(0, ...answers.map((answer) => answer.term));
  for (const pod of pods) {
    if (pod.report.kind !== 'answer') continue;
    const { answer } = pod.report;
    if (answer.role !== 'leader' || answer.term !== term) continue;
    const voters = answer.members.filter(({ role }) => VOTING.has(role));
    const following = voters.filter(({ serverId }) =>
      answers.some((one) => one.serverId === serverId && one.term === term && one.leader === answer.serverId),
    );
    if (following.length * 2 > voters.length) return { pod, answer };
  }
  return undefined;
}

export const VOTING: ReadonlySet<MemberStanding['role']> = new Set([
  'leader',
  'follower',
  'candidate',
  'voter',
]);

/** The members as the newest configuration that any of them reports has them; empty before the cluster has begun. */
export function newestConfiguration(pods: readonly ObservedPod[]): readonly MemberStanding[] {
  // One that is reading its data knows of no configuration yet.
  const begun = answersOf(pods).filter(
    ({ clusterId, configurationIndex }) => clusterId !== '' && configurationIndex > 0,
  );
  const newest = begun.reduce<MemberAnswer | undefined>(
    (best, answer) =>
      best === undefined || answer.configurationIndex > best.configurationIndex ? answer : best,
    undefined,
  );
  // Who has no id is named by the file alone that the member was started with: it may have been taken out long ago.
  return newest?.members.filter(({ raftId }) => raftId !== 0) ?? [];
}
