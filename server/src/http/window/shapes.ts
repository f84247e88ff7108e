import type { MemberStanding, MemberStatus } from '../../admin/member-status.ts';
import type { WindowMode } from '../../config/config.ts';
import type { KnownFormat } from '../../known-formats/format.ts';
import type { AclJson, StatJson } from '../v1/node-json.ts';

/**
 * What the window (dashboard/) is answered under /window, as JSON. Sessions are texts such as `0x1a2b`; times are milliseconds since 1970, `…Ms` durations are
 * milliseconds, sizes are bytes.
 */

/** GET /window/self */
export interface WindowSelf {
  readonly version: string;
  readonly serverId: number;
  /** What the member that serves the page lets it do (http.window): see the members alone, read the tree as well, change it as well. */
  readonly mode: WindowMode;
}

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

export interface LeaderChange {
  readonly atMs: number;
  readonly term: number;
  /** Server id; null: nobody leads from then on, as far as it knows. */
  readonly leader: number | null;
  /** For how long it had known no leader; 0 where it had known one all the time. */
  readonly leaderlessMs: number;
}

/** How near a limit is. */
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
  /** Members that did not tell of their connections. */
  readonly silent: readonly number[];
}

export interface SessionEntry {
  readonly id: string;
  readonly timeoutMs: number;
  /** Until it expires if nothing comes; null where nobody tells (no leader answers). */
  readonly remainingMs: number | null;
  /** What it has proved, `world:anyone` left out. */
  readonly identities: readonly { readonly scheme: string; readonly id: string }[];
  /** Of the member that its client is connected to; null where it is connected to none that told. */
  readonly member: number | null;
  /** Of the client, host:port. */
  readonly address: string | null;
  readonly isSecure: boolean | null;
  readonly connectedAtMs: number | null;
  readonly ephemerals: number;
  /** On the member that it is connected to; null: unknown. */
  readonly watches: number | null;
}

/** GET /window/sessions/0x1a2b: 404 where there is none. */
export interface SessionDetail extends SessionEntry {
  /** The first thousand. */
  readonly ephemeralPaths: readonly string[];
  readonly watchedPaths: readonly string[];
}

/** GET /window/watchers/PATH: who is told of a change of this node, on all members. */
export interface Watchers {
  readonly total: number;
  /** The first thousand. */
  readonly watchers: readonly Watcher[];
  readonly silent: readonly number[];
}

export interface Watcher {
  readonly session: string;
  readonly member: number;
  readonly address: string | null;
  /** A recursive one may have been set on a node above. */
  readonly kind: 'data' | 'children' | 'persistent' | 'recursive';
  /** Where it was set. */
  readonly at: string;
}

/** GET /window/node/PATH: all of a node's page but its children and its watchers. 403 NO_AUTH where the access list shows the caller nothing of it. */
export interface NodePage {
  readonly path: string;
  readonly stat: StatJson;
  /** null where the caller may change the access list alone, and not read the node. */
  readonly value: NodeValue | null;
  readonly acl: readonly AclJson[] | null;
  /** What programs are known to keep here. */
  readonly format: KnownFormat | null;
  /** What the children of this node are, where they are recognised. */
  readonly recipe: Recipe | null;
  /** Where this node is a contender of its parent's recipe. */
  readonly within: { readonly path: string; readonly recipe: Recipe } | null;
}

export interface NodeValue {
  readonly base64: string;
  /** Where it is UTF-8. */
  readonly text?: string;
}

/** A lock, an election, a queue, … as its layout tells it. */
export interface Recipe {
  readonly kind:
    | 'lock'
    | 'read-write lock'
    | 'semaphore'
    | 'election'
    | 'queue'
    | 'double barrier'
    | 'party'
    | 'service discovery'
    | 'counter';
  /** Whose layout it is: `kazoo`, `Curator`, `Rookery`, `Kafka`, … */
  readonly layout: string;
  /** Those who hold, lead, are in, or are first in the queue. The first hundred. */
  readonly holders: readonly Contender[];
  /** In their order. The first hundred. */
  readonly waiters: readonly Contender[];
  readonly holderCount: number;
  readonly waiterCount: number;
}

export interface Contender {
  readonly name: string;
  /** Such as `read` and `write`; absent where there is one kind only. */
  readonly kind?: string;
  /** null: it is not ephemeral. */
  readonly session: string | null;
  /** null: the caller may not read its node, nor see whose it is. */
  readonly sinceMs: number | null;
  /** Who it says that it is: the beginning of its value, where that is text. */
  readonly says: string;
}

/*
 * Long work is answered as application/x-ndjson, a line of JSON each: `{"looked": n}` now and then, what was found, and as the last line either
 * `{"end": true, …}` or `{"error": {code, message, path?}}`. It ends when its caller goes away.
 */

/** GET /window/subtree/PATH: how many nodes and bytes there are, PATH itself included. */
export type SubtreeLine =
  | { readonly looked: number }
  | {
      readonly end: true;
      readonly nodes: number;
      /** Of values. */
      readonly bytes: number;
      readonly ephemerals: number;
      /** Levels below PATH. */
      readonly depth: number;
      /** Nodes that the caller may not read: what is below them is not counted. */
      readonly unreadable: number;
    };

/** GET /window/search/PATH?text=…&in=names|values|both&limit=1000 (case does not count). */
export type SearchLine =
  | { readonly looked: number }
  | {
      readonly path: string;
      readonly where: 'name' | 'value';
      /** What stands around it in the value. */
      readonly excerpt?: string;
    }
  | {
      readonly end: true;
      readonly looked: number;
      readonly found: number;
      /** There are more than `limit`. */
      readonly isCut: boolean;
      readonly unreadable: number;
    };

/** DELETE /window/subtree/PATH?expect=n: with all below it, where there are no more than n nodes; 409 else. And POST /window/import/PATH, whose body is an export. */
export type ChangeLine =
  | { readonly done: number }
  | {
      readonly end: true;
      readonly done: number;
      /** Of an import: nodes that number sequential children from a lower number on than where they come from; left out where there are none. */
      readonly lowerCounters?: number;
    };
