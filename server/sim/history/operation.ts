import type { AclList } from '@rookery/protocol';

/** What a client asked for. Values are unique in a history: who wrote what can be told from a read. */
export type Action =
  /** `acl`: open to everybody where there is none. */
  | { readonly kind: 'create'; readonly path: string; readonly value: string; readonly acl?: AclList }
  | { readonly kind: 'setAcl'; readonly path: string; readonly acl: AclList }
  | { readonly kind: 'getAcl'; readonly path: string }
  | { readonly kind: 'whoAmI' }
  /** The server appends the parent's counter to `path`; prefixes are unique in a history. */
  | { readonly kind: 'createSequential'; readonly path: string; readonly value: string }
  /** `version` -1: whatever it is. */
  | { readonly kind: 'set'; readonly path: string; readonly value: string; readonly version: number }
  | { readonly kind: 'delete'; readonly path: string; readonly version: number }
  /** `watch`: asks to be told, once, of the next change. */
  | { readonly kind: 'get'; readonly path: string; readonly watch?: boolean }
  | { readonly kind: 'exists'; readonly path: string; readonly watch?: boolean }
  /** `isFiltered`: by ClickHouse Keeper's list, of all. */
  | {
      readonly kind: 'children';
      readonly path: string;
      readonly watch?: boolean;
      readonly isFiltered?: boolean;
    }
  /** A node that goes with its session; `sequential`: the server appends the parent's counter to `path`. */
  | {
      readonly kind: 'createEphemeral';
      readonly path: string;
      readonly value: string;
      readonly sequential: boolean;
    }
  /** Asks to be told of every change of the node, or of all below it. */
  | { readonly kind: 'addWatch'; readonly path: string; readonly recursive: boolean }
  | { readonly kind: 'removeWatches'; readonly path: string }
  /** Reads that follow it in the session see all that was acknowledged to anybody before it was sent. */
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'multi'; readonly parts: readonly Part[] }
  /** ClickHouse Keeper's writes: one by itself, or several as a multi. `path`: the first one's. */
  | { readonly kind: 'dialect'; readonly path: string; readonly steps: readonly DialectStep[] };

export type DialectStep =
  | {
      readonly do: 'createIfNotExists';
      readonly path: string;
      readonly value: string;
      readonly isEphemeral: boolean;
    }
  | { readonly do: 'tryRemove'; readonly path: string }
  | { readonly do: 'removeRecursive'; readonly path: string; readonly limit: number }
  | { readonly do: 'checkNotExists'; readonly path: string };

export type Part =
  | { readonly kind: 'create'; readonly path: string; readonly value: string }
  | { readonly kind: 'set'; readonly path: string; readonly value: string; readonly version: number }
  | { readonly kind: 'delete'; readonly path: string; readonly version: number }
  | { readonly kind: 'check'; readonly path: string; readonly version: number };

/** The fields of a Stat that identify a state of a node. */
export interface NodeStat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly version: number;
}

export interface PartResult {
  readonly code: number;
  readonly stat?: NodeStat;
}

export type Result =
  /** No answer came: it may have happened, or may happen still, or never. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'ok';
      /** The reply header's: of a write its own, of a read the last one that the member had applied. */
      readonly zxid: number;
      readonly stat?: NodeStat;
      readonly value?: string;
      /** The name that the server chose. */
      readonly path?: string;
      readonly children?: readonly string[];
      readonly acl?: AclList;
      /** `scheme:name` of each identity. */
      readonly users?: readonly string[];
      readonly parts?: readonly PartResult[];
    }
  /** Refused before it was proposed: it takes no zxid and never happens. `zxid`: as of a read. */
  | { readonly kind: 'refused'; readonly zxid: number; readonly code: number }
  | {
      readonly kind: 'error';
      readonly zxid: number;
      readonly code: number;
      readonly parts?: readonly PartResult[];
    };

export interface Operation {
  readonly id: number;
  readonly client: number;
  /** One connection of a client; operations of a session are sent and answered in the order of their ids. */
  readonly session: number;
  readonly action: Action;
  /** Instants of one counter over the whole history: no two are equal. */
  readonly invoked: number;
  readonly completed: number;
  readonly result: Result;
}

export interface Violation {
  readonly rule: string;
  readonly message: string;
  /** Ids of the operations that show it. */
  readonly operations: readonly number[];
}

export function isWrite(action: Action): boolean {
  switch (action.kind) {
    case 'create':
    case 'createSequential':
    case 'createEphemeral':
    case 'set':
    case 'setAcl':
    case 'delete':
    case 'multi':
    case 'dialect':
      return true;
    default:
      return false;
  }
}

/** One line for people. */
export function describe(operation: Operation): string {
  const { action, result } = operation;
  return `#${operation.id} client ${operation.client} session ${operation.session} [${operation.invoked}, ${
    operation.completed === Infinity ? '…' : operation.completed
  }] ${JSON.stringify(action)} → ${JSON.stringify(result)}`;
}
