import { MemberErrorCode, StorageErrorCode } from '../errors/error-codes.ts';
import { isOutOfDescriptors } from '../ports/disk.ts';

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
  readonly code = MemberErrorCode.storageInvariant;
}

/** A disk call failed and what it did is unknown. */
export function diskFailed(doing: string, file: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(
    StorageErrorCode.failed,
    `${doing} failed${file === '' ? '' : ` (${file})`}: ${reason}. What reached the disk is unknown, so nothing is tried again: check the disk, then start the member again`,
    { file, cause },
  );
}

/** Of a call that failed for a shortage: of room, or of file descriptors. */
export function diskFull(doing: string, file: string, cause: unknown): StorageError {
  const message = isOutOfDescriptors(cause)
    ? `no file descriptor is left for ${doing} (${file}): this process has as many files and connections open as it may (ulimit -n)`
    : `no room on the disk for ${doing} (${file})`;
  return new StorageError(StorageErrorCode.full, message, { file, cause });
}
