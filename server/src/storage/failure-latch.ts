import { isOutOfDescriptors } from '../ports/disk.ts';
import { diskFailed, diskFull, StorageError, StorageInvariantViolation } from './storage-error.ts';

/** Remembers the first failure for good: no call begins after it, and every later call tells it. */
export class FailureLatch {
  /** What calls are refused with: a failure, or that storage was closed. */
  refusal: StorageError | undefined;

  close(): void {
    this.refusal ??= new StorageError('closed', 'storage is closed');
  }

  /** `full` is no failure: nothing was made. */
  note(error: StorageError): void {
    if (error.code === 'failed' || error.code === 'damaged') this.refusal ??= error;
  }

  /**
   * Set once something failed beside the call that is about to succeed. A sync after a failed one may well succeed without having
   * written what the failed one was to write: nothing is acknowledged any more.
   */
  get failure(): StorageError | undefined {
    return this.refusal?.code === 'closed' ? undefined : this.refusal;
  }

  /** Runs a call of the disk's; what it rejects with is a StorageError. */
  async guard<T>(doing: string, call: () => Promise<T>): Promise<T> {
    if (this.refusal !== undefined) throw this.refusal;
    let result: T;
    try {
      result = await call();
    } catch (error) {
      if (error instanceof StorageInvariantViolation) throw error;
      const storageError = asStorageError(doing, error);
      this.note(storageError);
      throw storageError;
    }
    if (this.failure !== undefined) throw this.failure;
    return result;
  }
}

/** What a call of the disk's rejected with, for whoever reads of it. */
export function asStorageError(doing: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return isOutOfDescriptors(error) ? diskFull(doing, 'data folder', error) : diskFailed(doing, '', error);
}
