import type { WindowMode } from '../../config/config.ts';
import type { KnownFormat } from '../../known-formats/format.ts';
import type { AclJson, StatJson } from '../v1/node-shapes.ts';

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

export type {
  DurationCounts,
  EnsembleReport,
  LeaderChange,
  LimitUse,
  MemberEntry,
  MemberReport,
  SessionDetail,
  SessionEntry,
  SessionList,
  Watcher,
  Watchers,
} from '../../ensemble-report/shapes.ts';

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
