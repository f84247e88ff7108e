import {
  type AclList,
  allocateBytes,
  copyBytes,
  decodeUtf8,
  ErrorCode,
  emptyStat,
  type WriteOutcome,
  type WriteResult,
} from '@rookery/protocol';

/** What happened to a node, in the protocol's numbers for events. */
export const ChangeKind = {
  created: 1,
  deleted: 2,
  data: 3,
  children: 4,
} as const;
export type ChangeKind = (typeof ChangeKind)[keyof typeof ChangeKind];

/** A limit that a write goes beyond. */
export interface QuotaExcess {
  /** The path that has the quota. */
  readonly path: string;
  readonly of: 'count' | 'bytes';
  readonly limit: number;
  /** What there would be with it, or is. */
  readonly value: number;
  readonly isHard: boolean;
  /** It was refused because of it. */
  readonly isRefused: boolean;
}

/** Beyond this the memory of one huge multi is not kept for the next write. */
const MAX_KEPT_RESULTS = 1024;
const MAX_KEPT_PATH_BYTES = 65_536;

const LOOKS_PER_STEP = 16;

/**
 * What a write came to: results for the reply, changes for the watches. One object for all writes, valid until the next;
 * nothing is allocated for a single one.
 */
export class Outcome implements WriteOutcome {
  err: ErrorCode = ErrorCode.ok;
  readonly results: WriteResult[] = [];
  count = 0;
  /** A limit that it goes beyond, of several the last one. */
  excess: QuotaExcess | undefined;
  /** Steps of applying that no change shows: nodes that were looked at, and changes that were taken back. */
  unseenSteps = 0;
  /** Paths of created and changed nodes, one after the other. */
  pathBytes: Uint8Array = allocateBytes(1024);
  #pathLength = 0;
  /** Changes in the order in which watches hear of them. */
  changeCount = 0;
  readonly #kinds: ChangeKind[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #acls: AclList[] = [];

  changeKind(at: number): ChangeKind {
    return this.#kinds[at]!;
  }

  /** Range of the changed node's path in `pathBytes`. */
  changeStart(at: number): number {
    return this.#starts[at]!;
  }

  changeEnd(at: number): number {
    return this.#ends[at]!;
  }

  /** The changed node's ACL; of a deleted one what it was. */
  changeAcl(at: number): AclList {
    return this.#acls[at]!;
  }

  changePath(at: number): string {
    return decodeUtf8(this.pathBytes, this.#starts[at]!, this.#ends[at]!);
  }

  /** The path that a create of this write made. */
  createdPath(result: WriteResult): string {
    return decodeUtf8(this.pathBytes, result.pathStart, result.pathEnd);
  }

  reset(): void {
    if (this.results.length > MAX_KEPT_RESULTS) this.results.length = MAX_KEPT_RESULTS;
    if (this.pathBytes.length > MAX_KEPT_PATH_BYTES) this.pathBytes = allocateBytes(MAX_KEPT_PATH_BYTES);
    this.err = ErrorCode.ok;
    this.count = 0;
    this.excess = undefined;
    this.unseenSteps = 0;
    this.changeCount = 0;
    this.#pathLength = 0;
  }

  /** The next operation's result, to be filled in. */
  nextResult(op: number): WriteResult {
    let result = this.results[this.count];
    if (result === undefined) {
      result = { op, err: ErrorCode.ok, isVoid: false, pathStart: 0, pathEnd: 0, stat: emptyStat() };
      this.results.push(result);
    }
    this.count++;
    result.op = op;
    result.err = ErrorCode.ok;
    result.isVoid = false;
    result.pathStart = -1;
    result.pathEnd = -1;
    return result;
  }

  /** Takes a path into `pathBytes`, with room for `more` bytes behind it, and returns where it begins. */
  keepPath(bytes: Uint8Array, start: number, end: number, more = 0): number {
    const at = this.#pathLength;
    const length = end - start;
    if (at + length + more > this.pathBytes.length) {
      const grown = allocateBytes(2 * (at + length + more));
      copyBytes(grown, 0, this.pathBytes, 0, at);
      this.pathBytes = grown;
    }
    copyBytes(this.pathBytes, at, bytes, start, end);
    this.#pathLength = at + length;
    return at;
  }

  /** The last kept path goes on up to here. */
  extendPath(end: number): void {
    this.#pathLength = end;
  }

  /** So many nodes were looked at that the write does not name. */
  look(nodes: number): void {
    this.unseenSteps += Math.ceil(nodes / LOOKS_PER_STEP);
  }

  addChange(kind: ChangeKind, start: number, end: number, acl: AclList): void {
    const at = this.changeCount++;
    this.#kinds[at] = kind;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#acls[at] = acl;
  }

  /** A multi was rolled back: nothing changed. */
  clearChanges(): void {
    this.unseenSteps += this.changeCount;
    this.changeCount = 0;
  }
}
