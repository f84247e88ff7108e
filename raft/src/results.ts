import type { ProgressState } from './progress.ts';
import type { Fitness, NodeId } from './types.ts';

export type ProposeRefusal =
  | 'not-leader'
  /** A leadership transfer is under way: it ends within an election timeout. */
  | 'transferring'
  /** `maxUncommittedBytes` wait for a majority already, or for this leader's own disk. */
  | 'overloaded';

/** The entries of an accepted batch have consecutive indices from `firstIndex` on; accepted does not mean committed. */
export type ProposeResult =
  | { readonly firstIndex: number; readonly refused?: undefined }
  | { readonly refused: ProposeRefusal; readonly firstIndex?: undefined };

/** What to change; a member stands in at most one of the lists. */
export interface ConfigurationChange {
  /** Index of the configuration that the caller saw; another one in force refuses the change. */
  readonly expectedIndex: number;
  /** At most one: its id is the index of the entry that adds it. */
  readonly add?: readonly { readonly context: string; readonly role: 'voter' | 'learner' }[];
  readonly remove?: readonly NodeId[];
  /** Learners that become voters. */
  readonly promote?: readonly NodeId[];
  /** Voters that become learners. */
  readonly demote?: readonly NodeId[];
  /** New contexts (addresses, labels) of members that stay. */
  readonly update?: readonly { readonly id: NodeId; readonly context: string }[];
}

export type ConfigurationRefusal =
  | 'not-leader'
  | 'transferring'
  /** `expectedIndex` is not the configuration in force. */
  | 'stale-configuration'
  /** The previous change has not committed, or its joint consensus has not ended. */
  | 'change-in-flight'
  /** No entry of the leader's own term has committed yet (a later committed change could be unknown). Try again. */
  | 'term-not-committed'
  | 'unknown-member'
  /** Promotion of a voter, demotion of a learner, or one member in two lists. */
  | 'contradictory-change'
  | 'several-additions'
  | 'no-change'
  | 'no-voters'
  | 'too-many-members'
  /** The voters that have caught up would be no majority of the new configuration: it could not commit. */
  | 'no-quorum-of-caught-up-voters';

export type ConfigurationResult =
  | { readonly index: number; readonly added: NodeId | undefined; readonly refused?: undefined }
  | { readonly refused: ConfigurationRefusal; readonly index?: undefined; readonly added?: undefined };

export type TransferRefusal =
  | 'not-leader'
  | 'transferring'
  | 'no-such-voter'
  | 'not-connected'
  /** Its disk takes no writes. */
  | 'cannot-write';
/** undefined: begun. Whether it succeeded shows in `leader`; it is given up after an election timeout. */
export type TransferResult = TransferRefusal | undefined;

/** How far another member is, as its leader knows it. */
export interface PeerStatus {
  readonly id: NodeId;
  readonly state: ProgressState;
  /** Durable there up to this index. */
  readonly match: number;
  readonly next: number;
  readonly connected: boolean;
  readonly fitness: Fitness;
  /** Ticks since it was heard of. */
  readonly silentTicks: number;
}
