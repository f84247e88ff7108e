import type { Certificate, Disk, Role } from './member-answer.ts';
import type { Quorum } from './quorum.ts';

/**
 * `ready`; `not-ready`: it says so itself; `draining`: about to stop; `silent`: it does not answer here, though another member has a link to it;
 * `away`: nobody knows better.
 */
export type Health = 'ready' | 'not-ready' | 'draining' | 'silent' | 'away';

export interface MemberStatus {
  /** undefined: it answers, and does not say. */
  readonly serverId: number | undefined;
  readonly role: Role;
  readonly votes: boolean;
  readonly health: Health;
  /** Why it is not ready, or did not answer; empty where all is well. */
  readonly reason: string;
  /** Where it answered, or was asked; undefined: it is not known where it could be. */
  readonly http: string | undefined;
  readonly by: 'admin' | 'commands' | 'words' | undefined;
  /** host:port for members, and for clients. */
  readonly address: string | undefined;
  readonly clientAddress: string | undefined;
  readonly version: string | undefined;
  readonly term: number | undefined;
  readonly lastZxid: number | undefined;
  /** Entries that it is behind the leader. */
  readonly lagEntries: number | undefined;
  readonly disk: Disk | undefined;
  readonly connections: number | undefined;
  readonly outstanding: number | undefined;
  readonly certificates: readonly Certificate[];
  readonly highestFeatureLevel: number | undefined;
}

/** `degraded`: it works, with less margin than it should have. `no-quorum`: nothing can be written. `unreachable`: nobody answered. */
export type EnsembleState = 'well' | 'degraded' | 'no-quorum' | 'unreachable';

export interface EnsembleStatus {
  readonly state: EnsembleState;
  readonly clusterId: string | undefined;
  readonly leader: MemberStatus | undefined;
  readonly term: number | undefined;
  readonly featureLevel: number | undefined;
  readonly sessions: number | undefined;
  readonly nodes: number | undefined;
  readonly quorum: Quorum;
  /** By their server ids. */
  readonly members: readonly MemberStatus[];
  /** What people are to know besides. */
  readonly notes: readonly string[];
}
