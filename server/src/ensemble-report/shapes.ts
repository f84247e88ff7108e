import type { MemberStanding, MemberStatus } from '../admin/member-standing.ts';
import type { LeaderChange } from '../leader-changes.ts';

export type { LeaderChange };

/** What members tell of themselves, of sessions and of watches, and what the window shows of that. In the units of http/window/shapes.ts. */

/** GET /window/ensemble: all members, asked by the one that serves the page. */
export interface EnsembleReport {
  readonly askedMember: number;
  readonly atMs: number;
  /** In the order of their server ids. */
  readonly members: readonly MemberEntry[];
}

export interface MemberEntry {
  /** As the asked member sees it; its lag as the leader does, where that answers. */
  readonly standing: MemberStanding;
  /** Absent where it did not answer: `silent` says why, for people. */
  readonly report?: MemberReport;
  readonly silent?: string;
}

/** What one member tells of itself. */
export interface MemberReport {
  readonly version: string;
  readonly nowMs: number;
  readonly uptimeMs: number;
  readonly ready: boolean;
  readonly status: Omit<MemberStatus, 'members'>;
  /** The plain numbers of GET /admin/members, by their names there. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Cumulative since the start of the process: the page tells what was between two of them. */
  readonly durations: readonly DurationCounts[];
  /** The last ones that it saw, the oldest first; 64 at most. */
  readonly leaderChanges: readonly LeaderChange[];
  readonly limits: readonly LimitUse[];
}

export interface DurationCounts {
  /** `request`, `commit`, `apply`, `logSync`, `election`, `eventLoopDelay`. */
  readonly of: string;
  /** Of `request`: the operation, such as `getData`. */
  readonly operation?: string;
  /** In milliseconds, ascending. */
  readonly bounds: readonly number[];
  /** How many were above the bound before, up to this one; the last: above all bounds. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
}

/** How near a limit is: `used` of `most`. Of the disk, `used` is what has to stay free and `most` what is. */
export interface LimitUse {
  /** The setting, such as `limits.connections`, or what it is of: `disk`, `heap`, `descriptors`. */
  readonly name: string;
  /** In words, such as "connections of clients". */
  readonly what: string;
  readonly used: number;
  readonly most: number;
  readonly unit: 'count' | 'bytes';
}

/** GET /window/sessions?offset=0&limit=100&find=TEXT: those of the whole ensemble, in the order of their ids. */
export interface SessionList {
  /** Of those that `find` meets: in an id, an address or an identity. */
  readonly total: number;
  readonly sessions: readonly SessionEntry[];
  /** Members that did not tell of their connections, or not of all. */
  readonly silent: readonly number[];
  /** More clients have an address that `find` meets than a member tells of at once: there are more sessions than `total` says. */
  readonly isCut: boolean;
}

export interface SessionEntry {
  readonly id: string;
  readonly timeoutMs: number;
  /** Until it expires if nothing comes; null where nobody tells (no leader answers). */
  readonly remainingMs: number | null;
  /** What it has proved; of an id of `digest` the user alone. */
  readonly identities: readonly { readonly scheme: string; readonly id: string }[];
  /** Of the member that its client is connected to; null where it is connected to none that told. */
  readonly member: number | null;
  /** Of the client, host:port. */
  readonly address: string | null;
  readonly isSecure: boolean | null;
  readonly connectedAtMs: number | null;
  /** Its member asks by it for those who come over HTTP: the window, and programs at /v1. */
  readonly isOwn: boolean;
  readonly ephemerals: number;
  /** Paths that it watches, on the member that it is connected to; null: unknown. */
  readonly watches: number | null;
}

/** GET /window/sessions/0x1a2b: 404 where there is none. */
export interface SessionDetail extends SessionEntry {
  /** A thousand of them at most, and fewer where they are long: `ephemerals` and `watches` say how many there are. */
  readonly ephemeralPaths: readonly string[];
  readonly watchedPaths: readonly string[];
}

/** GET /window/watchers/PATH: who is told of a change of this node, on all members. */
export interface Watchers {
  readonly total: number;
  /** A thousand of each member at most. */
  readonly watchers: readonly Watcher[];
  readonly silent: readonly number[];
  /** A member looked at no more of its watches: there may be more than `total` says. */
  readonly isCut: boolean;
}

export interface Watcher {
  readonly session: string;
  readonly member: number;
  readonly address: string | null;
  /** Set by its member for those who come over HTTP: this window is one of them. */
  readonly isOwn: boolean;
  /** A recursive one may have been set on a node above. */
  readonly kind: 'data' | 'children' | 'persistent' | 'recursive';
  /** Where it was set. */
  readonly at: string;
}
