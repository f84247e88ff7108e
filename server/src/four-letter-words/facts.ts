import type { ConnectionFacts } from '../connections/connection-stats.ts';
import type { SessionId } from '../model/ids.ts';
import type { SizeRange } from '../model/size-range.ts';
import type { Measured } from './measured.ts';

/** The version whose protocol is spoken; clients and monitoring parse this very form of the line. */
export const ZOOKEEPER_VERSION = '3.9.5-rookery, built on 11/22/2026 00:00 UTC';

export interface SessionPaths {
  readonly session: SessionId;
  readonly paths: readonly string[];
}

/** The watches of this member, as the words see them. */
export interface WatchFacts {
  /** As ZooKeeper counts: one for a node, one for its list of children. */
  readonly count: number;
  /** Who watches which nodes. Watches of lists of children alone do not count, as in ZooKeeper. */
  bySession(): Iterable<SessionPaths>;
}

/** Bytes; -1 before the first. */
export type Sizes = Readonly<Pick<SizeRange, 'last' | 'min' | 'max'>>;

/** What a leader tells of those who are connected to it. */
export interface LeadershipFacts {
  readonly followers: number;
  readonly learners: number;
  /** Of the followers, those that hold what was committed, or nearly. */
  readonly syncedFollowers: number;
  /** Of the learners. */
  readonly syncedLearners: number;
  /** Syncs of this member's clients that wait for a round to a quorum. */
  readonly pendingSyncs: number;
  /** Milliseconds since it began to lead. */
  readonly uptimeMs: number;
  /** Of entries that were committed since then. */
  readonly proposalSizes: Sizes;
}

/** What the four-letter words tell of a member. What costs a walk is a function. */
export interface WordFacts {
  readonly allowed: ReadonlySet<string>;
  /** Clients are taken, be it to read only. */
  readonly serving: boolean;
  readonly mode: 'leader' | 'follower' | 'observer' | 'standalone' | 'read-only';
  readonly lastZxid: number;
  readonly nodes: number;
  readonly treeBytes: number;
  readonly ephemerals: number;
  readonly sessions: number;
  readonly outstanding: number;
  readonly receivedPackets: number;
  readonly sentPackets: number;
  /** Of replies and events, the answer to a connect among them. */
  readonly sentSizes: Sizes;
  readonly latency: { readonly minMs: number; readonly avgMs: number; readonly maxMs: number };
  readonly connectionCount: number;
  readonly authFailures: number;
  /** Milliseconds since this member's process began. */
  readonly uptimeMs: number;
  /** Voters of the configuration in force. */
  readonly voters: number;
  /** Where this member leads. */
  readonly leadership: LeadershipFacts | undefined;
  readonly watches: WatchFacts;
  /** On disk, in bytes. */
  readonly sizes: { readonly dataBytes: number; readonly logBytes: number };
  /** `key=value` lines. */
  readonly configuration: readonly string[];
  /** File descriptors of the process, sockets among them: those that are open, and how many there may be. -1: not known. */
  descriptors(): { readonly open: number; readonly most: number };
  /** Since 1970. */
  readonly nowMs: number;
  readonly tickTimeMs: number;
  /** Of its state at the last checkpoints of the log, the oldest first. */
  digests(): readonly { readonly zxid: number; readonly digest: string }[];
  connections(): readonly ConnectionFacts[];
  environment(): readonly (readonly [key: string, value: string])[];
  sessionTimeouts(): Iterable<{ readonly id: SessionId; readonly timeoutMs: number }>;
  /** Milliseconds until each session expires if its client stays silent; undefined where another member watches over them. */
  remainingOfSessions(): Iterable<readonly [id: SessionId, remainingMs: number]> | undefined;
  ephemeralPaths(): Iterable<SessionPaths>;
  /** Of /metrics, under ZooKeeper's names. */
  measured(): Measured;
  resetConnections(): void;
  resetServer(): void;
}
