import type {
  CheckpointRefusal,
  FeatureLevelRefusal,
  ForceRefusal,
  MembershipRefusal,
  TransferRefusal,
} from '../errors/error-codes.ts';
import type { ProofGuard } from '../failed-proofs/proof-guard.ts';
import type { NamespaceQuotas } from '../model/namespace-quotas.ts';
import type { ReadHistogram } from './member-histograms.ts';
import type { MemberMetrics } from './member-metrics.ts';
import type { MemberStatus } from './member-standing.ts';

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
