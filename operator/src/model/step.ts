import type { CoordinationClusterStatus } from '@rookery/crds';
import type { KubeObject } from '@rookery/kube/objects';
import type { MembershipChange } from './membership.ts';
import type { VolumeClaim } from './observed.ts';
import type { Seen, TlsStep } from './tls.ts';

/** A member, where it can be told something. */
export interface MemberPlace {
  readonly pod: string;
  readonly address: string;
}

/** By whose data a cluster goes on, and up to which index of its log that was the former cluster's. */
export interface ForcedSurvivor {
  readonly pod: string;
  readonly lastIndex: number;
}
/** Each writes NAME-admin: the token of /admin and the join secret. */
export type AdminSecretStep =
  | { readonly kind: 'createAdminToken'; readonly rotatedFor: string }
  /** Puts another one behind each that is in use. */
  | { readonly kind: 'addAdminToken'; readonly seen: Seen; readonly rotatingFor: string }
  /** Takes away what was in use before. */
  | { readonly kind: 'dropAdminToken'; readonly seen: Seen; readonly rotatedFor: string };

/** What is done next. After each step everything is observed anew. */
export type Step =
  | { readonly kind: 'addFinalizer' }
  | { readonly kind: 'removeFinalizer' }
  | AdminSecretStep
  | TlsStep
  | {
      readonly kind: 'apply';
      readonly object: KubeObject;
      readonly why: 'missing' | 'differs' | 'drifted';
      /** What is there. */
      readonly over: KubeObject | undefined;
    }
  /** As it was seen, and of its name alone: one that was replaced or has changed since is looked at again first. */
  | { readonly kind: 'expandVolume'; readonly claim: VolumeClaim; readonly size: string }
  /** With the UID as a precondition: another object of that name is not touched. `claimTemplate`: its pods stay. `abandoned`: a pod goes by force. */
  | {
      readonly kind: 'delete';
      readonly object: KubeObject;
      readonly why:
        | 'surplus'
        | 'clusterDeleted'
        | 'stuck'
        | 'outdated'
        | 'claimTemplate'
        | 'abandoned'
        | 'proofEnded'
        | 'formerCluster';
    }
  /** Asks the leader, which refuses it where the configuration in force is another one by then. */
  | {
      readonly kind: 'changeMembership';
      readonly change: MembershipChange;
      readonly expectedIndex: number;
      readonly leader: MemberPlace;
    }
  /** Asks the leader, for good: nothing lowers it. */
  | { readonly kind: 'raiseFeatureLevel'; readonly level: number; readonly leader: MemberPlace }
  /** Asks the leader for a checkpoint of the log. */
  | { readonly kind: 'logCheckpoint'; readonly leader: MemberPlace }
  /**
   * Asks a member to be the only voter, with all that its log holds up to that index. Of one that has done so already it asks nothing more; one whose
   * log ends elsewhere, or that knows of a leader, refuses.
   */
  | {
      readonly kind: 'forceNewCluster';
      readonly serverId: number;
      readonly lastIndex: number;
      readonly member: MemberPlace;
    }
  /** As it was seen. `forced`: what was asked for is done; else nothing is done, since there is a quorum. */
  | { readonly kind: 'endForceNewCluster'; readonly forced: ForcedSurvivor | undefined }
  | { readonly kind: 'handOver'; readonly to: number; readonly leader: MemberPlace }
  | { readonly kind: 'writeStatus'; readonly status: CoordinationClusterStatus }
  /** Nothing is to be done; look again after so long even if nothing changes. */
  | { readonly kind: 'wait'; readonly forMs: number };
