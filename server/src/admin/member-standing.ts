import type { Divergence } from '../replica/divergence.ts';
import type { ServedCertificate } from './served-certificate.ts';

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
