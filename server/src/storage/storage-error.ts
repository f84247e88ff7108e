import { isOutOfDescriptors } from '../ports/disk.ts';

/** Stable codes: callers match these, never the message. */
export const StorageErrorCode = {
  /** Another process uses the data folder. */
  locked: 'locked',
  /** Data that was durable cannot be read back: file and offset are named. The member is to be rebuilt as a new one. */
  damaged: 'damaged',
  /** Written by a version of the program that this one does not know. */
  unknownFormat: 'unknown-format',
  /** A write or sync failed: what is on disk is unknown. Nothing is tried again; every later call fails with the same error. */
  failed: 'failed',
  /**
   * No room on the disk, or no file descriptor. Nothing of the call was made, of a Write at most term and vote; the same call may be made
   * again later.
   */
  full: 'full',
  /** A piece of a snapshot came that does not continue the one under way. */
  snapshotGap: 'snapshot-gap',
  /** A received snapshot is not what its sender promised; it was thrown away. */
  snapshotDamaged: 'snapshot-damaged',
  /** Storage was closed. */
  closed: 'closed',
} as const;
export type StorageErrorCode = (typeof StorageErrorCode)[keyof typeof StorageErrorCode];

export interface StorageErrorPlace {
  readonly file?: string;
  /** Byte offset in the file. */
  readonly offset?: number;
  readonly cause?: unknown;
}

export class StorageError extends Error {
  override readonly name: string = 'StorageError';
  readonly code: StorageErrorCode;
  readonly file: string | undefined;
  readonly offset: number | undefined;

  constructor(code: StorageErrorCode, message: string, place: StorageErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.code = code;
    this.file = place.file;
    this.offset = place.offset;
  }
}

/** A shortage that may pass, of room or of file descriptors: the same call may be made again. */
export function isDiskFull(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === StorageErrorCode.full;
}

export function isClosed(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === StorageErrorCode.closed;
}

/** The caller broke the contract of storage: going on would lose data. */
export class StorageInvariantViolation extends Error {
  override readonly name: string = 'StorageInvariantViolation';
  readonly code = 'STORAGE_INVARIANT';
}

/** A disk call failed and what it did is unknown. */
export function diskFailed(doing: string, file: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(
    'failed',
    `${doing} failed${file === '' ? '' : ` (${file})`}: ${reason}. What reached the disk is unknown, so nothing is tried again: check the disk, then start the member again`,
    { file, cause },
  );
}

/** Of a call that failed for a shortage: of room, or of file descriptors. */
export function diskFull(doing: string, file: string, cause: unknown): StorageError {
  const message = isOutOfDescriptors(cause)
    ? `no file descriptor is left for ${doing} (${file}): this process has as many files and connections open as it may (ulimit -n)`
    : `no room on the disk for ${doing} (${file})`;
  return new StorageError('full', message, { file, cause });
}
