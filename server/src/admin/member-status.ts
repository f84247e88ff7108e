import type {
  CheckpointRefusal,
  FeatureLevelRefusal,
  ForceRefusal,
  MembershipRefusal,
  TransferRefusal,
} from '../errors/error-codes.ts';
import type { ProofGuard } from '../failed-proofs/proof-guard.ts';
import type { NamespaceQuotas } from '../model/namespace-quotas.ts';
import type { Divergence } from '../replica/divergence.ts';
import type { ReadHistogram } from './member-histograms.ts';
import type { MemberMetrics } from './member-metrics.ts';
import type { ServedCertificate } from './served-certificate.ts';

/**
 * What HTTP may know of a member and ask of it. The composition root builds one over the running member; tests build one
 * of plain objects. Every call answers from memory at once: a health probe must not wait for a quorum.
 */
export interface MemberView {
  status(): MemberStatus;
  metrics(): MemberMetrics;
  /** By the first name of the paths that have quotas. */
  quotas(): NamespaceQuotas;
  readonly histograms: ReadHistogram;
  /** Told of who has no valid token, and asked how long a caller must wait. */
  readonly proofs: Pick<ProofGuard, 'failedProof' | 'delayMs'>;
  /** Settles when the other member leads, or when it is known that it will not. Never rejects. */
  transferLeadership(toServerId: number): Promise<TransferResult>;
  /** Settles when the level is in force here, or when it is known that it is not raised, or that nobody knows. Never rejects. */
  raiseFeatureLevel(level: number): Promise<FeatureLevelResult>;
  /** Settles when the change is in force, or when it is known that it is not begun, or that nobody knows. Never rejects. */
  changeMembership(change: MembershipChange, expectedIndex: number): Promise<MembershipResult>;
  /**
   * This member is about to stop: from now on it is not ready, so that no new client is sent to it, and leads no longer where another
   * voter can. It serves its clients until it stops. Settles when somebody else leads, or when it is known that nobody will. Never rejects.
   * Where no stop follows it wears off after a while (`Bounds.drainMs`); asked for again, that while begins anew.
   */
  drain(): Promise<void>;
  /** The last checkpoints of the log, the oldest first, and what each member that this one has heard said of its state there. */
  checkpoints(): readonly CheckpointView[];
  /** Logs one now, as the leader. Settles when it is applied here, or when it is known that it is not logged, or that nobody knows. Never rejects. */
  checkpointNow(): Promise<CheckpointResult>;
  /**
   * A new cluster of this member alone, with all that its log holds, where the others are lost for good. Settles once that is durable, or when it is
   * known that nothing was done. Rejects only where the member ends of it.
   */
  forceNewCluster(serverId: number, lastIndex: number): Promise<ForceResult>;
  /** It stays after all: takes part again, and is ready as soon as it serves. */
  undrain(): void;
}

/** `joining`: its disk is empty, or its id is not in force yet. `starting`: its own data are being read, or wait for those of the others. */
export type StatusRole = 'leader' | 'follower' | 'candidate' | 'learner' | 'joining' | 'starting';

export interface MemberStatus {
  readonly serverId: number;
  /** 0 while it has none. */
  readonly raftId: number;
  /** Random, new at each start of the process. */
  readonly instance: number;
  /** Empty before genesis. */
  readonly clusterId: string;
  readonly role: StatusRole;
  readonly term: number;
  /** Server id of the leader that it follows, or its own. */
  readonly leader?: number;
  /** Of the last entry applied to its tree. */
  readonly lastZxid: number;
  readonly appliedIndex: number;
  readonly commitIndex: number;
  /** Of the last entry of its log, committed or not: the greatest term, and of those the greatest index, is the newest log. */
  readonly lastLogTerm: number;
  readonly lastLogIndex: number;
  /** The forced recovery out of which its cluster came, 1 for the first one; 0: none. */
  readonly recovery: number;
  /** Index of the configuration in force; an admin call that changes the membership names it. */
  readonly configurationIndex: number;
  /** A change of the membership has not come to its end: what is in force may yet be another one. */
  readonly changing: boolean;
  /** In force at `appliedIndex`; 0 while it has read no data. */
  readonly featureLevel: number;
  /** That its build can run: from the lowest to the highest. */
  readonly lowestFeatureLevel: number;
  readonly highestFeatureLevel: number;
  /** Takes requests of clients. */
  readonly serving: boolean;
  /** Has applied what was committed when it (re)joined its leader, and has not fallen far behind since. */
  readonly caughtUp: boolean;
  /** About to stop: no new client is to be sent to it. */
  readonly draining: boolean;
  /** Why it is not ready, for a person; empty when it is. */
  readonly reason: string;
  /** What it shows by TLS; empty where no port speaks it. */
  readonly certificates: readonly ServedCertificate[];
  /** Its own digests at the last checkpoints of the log, the oldest first. */
  readonly checkpoints: readonly { readonly index: number; readonly digest: string }[];
  /** Of a member that proves a version: where its state was found to differ. */
  readonly differs?: Divergence;
  readonly members: readonly MemberStanding[];
}

/** Has caught up, takes requests, and is not about to stop. */
export function isReady({ caughtUp, serving, draining }: MemberStatus): boolean {
  return caughtUp && serving && !draining;
}

/** One member as this one sees it. What only others could know is absent. */
export interface MemberStanding {
  readonly serverId: number;
  /** 0 while it has none. */
  readonly raftId: number;
  readonly role: StatusRole | 'voter';
  /** The process that was admitted under this Raft id: one with another instance and an empty disk is not it. 0: none has come yet, or it has no id. */
  readonly instance: number;
  /** host:port where members reach it. */
  readonly address: string;
  /** host:port where clients reach it. */
  readonly clientAddress?: string;
  /** Log entries that it is known to miss, compared with the leader's commit. Leaders know it of all, the others of themselves. */
  readonly lagEntries?: number;
  /** This member's link to it is up; of itself always true. */
  readonly connected: boolean;
  /** It is there to prove a version. */
  readonly provesVersion?: true;
  /** That its build can run; known of those that are connected. */
  readonly highestFeatureLevel?: number;
  /** Known of oneself, and of others where they tell. */
  readonly ready?: boolean;
  readonly connections?: number;
  /** Requests of clients answered since it started; the page shows the rate. */
  readonly requestsTotal?: number;
}

/** Where others reach a member. */
export interface MemberAddresses {
  readonly host: string;
  readonly peerPort: number;
  readonly clientHost: string;
  readonly clientPort: number;
}

export interface NewMember extends MemberAddresses {
  readonly serverId: number;
  /** It comes to prove a version, and never votes. */
  readonly provesVersion?: boolean;
}

/** Members are named by their Raft ids, each of which is used once: a member that was replaced meanwhile is not meant. */
export type MembershipChange =
  /** A learner, before its process is there: the empty one that comes with this server id becomes it. */
  | { readonly kind: 'add'; readonly member: NewMember }
  | { readonly kind: 'promote' | 'demote' | 'remove'; readonly raftId: number }
  | { readonly kind: 'move'; readonly raftId: number; readonly address: MemberAddresses };

export type MembershipResult =
  | { readonly ok: true; readonly raftId: number; readonly configurationIndex: number }
  | {
      readonly ok: false;
      readonly code: MembershipRefusal;
      readonly message: string;
      /** Of the configuration in force; 0: this member knows of none. */
      readonly configurationIndex: number;
    };

export type FeatureLevelResult =
  | { readonly ok: true; readonly featureLevel: number }
  | { readonly ok: false; readonly code: FeatureLevelRefusal; readonly message: string };

export interface CheckpointView {
  readonly index: number;
  readonly digests: readonly {
    readonly serverId: number;
    readonly raftId: number;
    readonly digest: string;
  }[];
}

export type CheckpointResult =
  | { readonly ok: true; readonly index: number; readonly digest: string }
  | { readonly ok: false; readonly code: CheckpointRefusal; readonly message: string };

export type ForceResult =
  | { readonly ok: true; readonly recovery: number; readonly index: number; readonly term: number }
  | {
      readonly ok: false;
      readonly code: ForceRefusal;
      readonly message: string;
      readonly lastLogIndex: number;
    };

export type TransferResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: TransferRefusal; readonly message: string };
