import type { OpCode } from './op-codes.ts';
import type { AclList } from './records/acl.ts';
import type { Stat } from './records/stat.ts';

/**
 * Changes of the tree, as plain objects. Paths and data stay where they are: ranges of `bytes` (the log entry), so that
 * applying copies them once, into the tree. They are valid while `bytes` is unchanged.
 */
interface PathRange {
  readonly bytes: Uint8Array;
  /** Range of the path in `bytes`, UTF-8. */
  readonly pathStart: number;
  readonly pathEnd: number;
  /** Whether the path's form is allowed; if not, the operation fails with BadArguments when its turn comes. */
  readonly pathValid: boolean;
}

interface DataRange {
  /** Range of the data in `bytes`; -1 where the client sent null. */
  readonly dataStart: number;
  readonly dataEnd: number;
}

interface SentAcl {
  /** Where its vector begins in `bytes`. */
  readonly aclStart: number;
  /** As sent; undefined where it was null. */
  readonly acl: AclList | undefined;
}

/** Create flags of the protocol. */
export const CreateMode = {
  persistent: 0,
  ephemeral: 1,
  persistentSequential: 2,
  ephemeralSequential: 3,
  container: 4,
  persistentWithTtl: 5,
  persistentSequentialWithTtl: 6,
} as const;
export type CreateMode = (typeof CreateMode)[keyof typeof CreateMode];

export function isCreateMode(flags: number): flags is CreateMode {
  return flags >= CreateMode.persistent && flags <= CreateMode.persistentSequentialWithTtl;
}

/** Whether the created name gets a number. */
export function isSequential(flags: number): boolean {
  return (
    flags === CreateMode.persistentSequential ||
    flags === CreateMode.ephemeralSequential ||
    flags === CreateMode.persistentSequentialWithTtl
  );
}

/** Whether the node goes when it was not changed for its time to live. */
export function isTtlMode(flags: number): boolean {
  return flags === CreateMode.persistentWithTtl || flags === CreateMode.persistentSequentialWithTtl;
}

/** The longest TTL: 2^40 − 1 ms, about 34 years. */
export const MAX_TTL_MS = 2 ** 40 - 1;

export interface CreateWrite extends PathRange, DataRange, SentAcl {
  readonly op:
    | typeof OpCode.create
    | typeof OpCode.create2
    | typeof OpCode.createContainer
    | typeof OpCode.createTtl
    | typeof OpCode.createIfNotExists;
  /** As sent: checked at apply. */
  readonly flags: number;
  /** -1 where the operation carries none. */
  readonly ttlMs: number;
}

export interface DeleteWrite extends PathRange {
  readonly op: typeof OpCode.delete;
  /** -1 for any version, here and below. */
  readonly version: number;
}

export interface SetDataWrite extends PathRange, DataRange {
  readonly op: typeof OpCode.setData;
  readonly version: number;
}

export interface SetAclWrite extends PathRange, SentAcl {
  readonly op: typeof OpCode.setAcl;
  readonly version: number;
}

/** Only inside a multi. */
export interface CheckWrite extends PathRange {
  readonly op: typeof OpCode.check;
  readonly version: number;
}

/** ClickHouse Keeper's: see records/keeper-writes.ts. Its checks, too, are writes only inside a multi. */
export interface CheckNotExistsWrite extends PathRange {
  readonly op: typeof OpCode.checkNotExists;
  readonly version: number;
}

export interface CheckStatWrite extends PathRange {
  readonly op: typeof OpCode.checkStat;
  readonly version: number;
  /** A field that is −1 may be anything. */
  readonly stat: Stat;
}

export interface TryRemoveWrite extends PathRange {
  readonly op: typeof OpCode.tryRemove;
  readonly version: number;
}

export interface RemoveRecursiveWrite extends PathRange {
  readonly op: typeof OpCode.removeRecursive;
  /** Nodes that may go, the first one among them. */
  readonly limit: number;
}

export type PlainWrite = CreateWrite | DeleteWrite | SetDataWrite | SetAclWrite | CheckWrite;

export type SingleWrite =
  | PlainWrite
  | CheckNotExistsWrite
  | CheckStatWrite
  | TryRemoveWrite
  | RemoveRecursiveWrite;

export interface MultiWrite {
  readonly op: typeof OpCode.multi;
  readonly writes: readonly SingleWrite[];
}

export type TreeWrite = SingleWrite | MultiWrite;
