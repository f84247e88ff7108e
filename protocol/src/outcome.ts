import type { ErrorCode } from './error-codes.ts';
import type { Stat } from './records/stat.ts';

/** What one operation of a write came to. */
export interface WriteResult {
  /** The operation's number; what a multi says back depends on it. */
  op: number;
  err: ErrorCode;
  /** It succeeded and found nothing to do: the node is there already, or not there. */
  isVoid: boolean;
  /** The created path: a range of the outcome's `pathBytes`. */
  pathStart: number;
  pathEnd: number;
  /** The node just after this operation (create, setData, setACL). */
  readonly stat: Stat;
}

/** What a write came to. The tree reuses one object: it is valid until the next apply. */
export interface WriteOutcome {
  /** For a multi 0 or the failing operation's code; the multi's reply says 0 in any case. */
  readonly err: ErrorCode;
  /** One for a single operation, one for each operation of a multi. Only the first `count` count. */
  readonly results: readonly WriteResult[];
  readonly count: number;
  readonly pathBytes: Uint8Array;
}
