import type { HttpFailure } from '../members-http/http-failure.ts';

/** What a member is; `voter`: it votes, and no more is known. `standalone`: alone it is the whole ensemble. */
export type Role =
  | 'leader'
  | 'follower'
  | 'candidate'
  | 'learner'
  | 'observer'
  | 'joining'
  | 'starting'
  | 'voter'
  | 'read-only'
  | 'standalone'
  | 'unknown';

export interface Certificate {
  /** Of the ports where it is shown: `clients`, `members` or `HTTP`. */
  readonly listener: string;
  readonly subject: string;
  readonly endsMs: number;
}

/** What a member says of itself. What it did not tell, or its kind of member does not know, is undefined. */
export interface Self {
  readonly serverId: number | undefined;
  readonly role: Role;
  readonly version: string | undefined;
  /** host:port where clients reach it. */
  readonly clientAddress?: string | undefined;
  readonly clusterId?: string | undefined;
  readonly term?: number | undefined;
  /** Server id of the leader that it knows. */
  readonly leader?: number | undefined;
  readonly ready: boolean;
  readonly draining?: boolean | undefined;
  /** Why it is not ready. */
  readonly reason?: string | undefined;
  readonly lastZxid?: number | undefined;
  /** Entries that are committed, and that it has not applied. */
  readonly lagEntries?: number | undefined;
  readonly featureLevel?: number | undefined;
  readonly highestFeatureLevel?: number | undefined;
  readonly disk?: Disk | undefined;
  /** Of the ensemble. */
  readonly sessions?: number | undefined;
  readonly nodes?: number | undefined;
  readonly connections?: number | undefined;
  readonly outstanding?: number | undefined;
  /** Of voters, where it says no more of them. */
  readonly quorumSize?: number | undefined;
  readonly certificates: readonly Certificate[];
  /** Of the tokens that its HTTP takes; undefined: it does not say. */
  readonly adminTokens?: number | undefined;
}

export interface Disk {
  readonly freeBytes: number;
  /** 0 ample, 1 low, 2 only small writes are taken, 3 only deletions are. */
  readonly room: number;
}

/** A member of the configuration, as another one sees it. */
export interface Standing {
  readonly serverId: number;
  readonly role: Role;
  /** host:port where members reach it. */
  readonly address: string;
  /** host:port where clients reach it. */
  readonly clientAddress?: string | undefined;
  readonly connected?: boolean | undefined;
  readonly lagEntries?: number | undefined;
}

/** What one member answered. */
export interface MemberAnswer {
  /** By which door: /admin/members of Rookery, /commands of ZooKeeper's AdminServer, or four-letter words. */
  readonly by: 'admin' | 'commands' | 'words';
  readonly self: Self;
  /** The configuration as it knows it, itself among it; empty where it did not tell. */
  readonly members: readonly Standing[];
  /** Plain numbers of it, by the names of its kind. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Why its HTTP did not answer, where four-letter words did. */
  readonly httpFailure?: HttpFailure;
  /** It told less than it could have: it wants the token. */
  readonly wantsToken?: boolean;
}
