/**
 * The contract between the Raft core and the program around it.
 *
 * The core is a state machine: inputs come by `tick`, `step`, `propose`, … and work to be done leaves by `ready()`.
 * It never performs I/O, reads a clock or draws randomness other than from the seed it was given.
 */

/** A Raft id: a positive safe integer, used once in the life of a cluster (the log index that added the member; 1..n at genesis). */
export type NodeId = number;

/** What an entry of the log holds. */
export const EntryKind = {
  /** A command of the replicated state machine; `data` is opaque to Raft. */
  command: 0,
  /** A whole `Configuration`, encoded by `encodeConfiguration`; it takes effect when appended. */
  configuration: 1,
  /** The empty entry with which each leader begins its term. */
  empty: 2,
} as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];

export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly kind: EntryKind;
  readonly data: Uint8Array;
}

/** A forced recovery: which one of its cluster, whose, and the entry that made the survivor the only voter (force.ts). */
export interface Recovery {
  /** 1 for the first one; each later one is one higher. */
  readonly number: number;
  readonly survivor: NodeId;
  readonly index: number;
  readonly term: number;
}

/** Members and their roles. `outgoing` is non-empty exactly while a joint consensus is under way. */
export interface Configuration {
  /** Log index of the entry that holds it; for the genesis configuration the number of initial members. */
  readonly index: number;
  /** Voters of the (incoming) majority. */
  readonly voters: readonly NodeId[];
  /** Voters of the outgoing majority during a joint consensus; else empty. */
  readonly outgoing: readonly NodeId[];
  /** Members that receive the log but do not vote; one that is being demoted stands here and in `outgoing` until the joint consensus ends. */
  readonly learners: readonly NodeId[];
  /** What the embedding program wants to remember of each member (label, address): opaque here. One item for each id above. */
  readonly contexts: ReadonlyMap<NodeId, string>;
  /** The newest forced recovery from which the cluster descends; absent: none. */
  readonly recovery?: Recovery;
}

/** What must be durable before the messages that depend on it leave. */
export interface HardState {
  readonly term: number;
  /** Whom this node voted for in `term`; 0 for nobody. */
  readonly vote: NodeId;
}

/** Names a snapshot: the state after applying `index`. */
export interface SnapshotMeta {
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration;
}

/** What a member is in its term; learners are followers. */
export const Role = {
  follower: 'follower',
  preCandidate: 'pre-candidate',
  candidate: 'candidate',
  leader: 'leader',
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** Whether a member should lead, from the best to the worst: numeric, stable on the wire. See fitness.ts. */
export const Fitness = {
  able: 0,
  /** Its disk is nearly full. */
  short: 1,
  /** It is about to stop. */
  leaving: 2,
  /** Its disk has no room for the log, though for term and vote: it votes, but does not lead. */
  full: 3,
  /** Its disk does not answer: it cannot even vote. */
  stalled: 4,
} as const;
export type Fitness = (typeof Fitness)[keyof typeof Fitness];
