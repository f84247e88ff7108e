/**
 * The port between storage and a machine's disk. Names are relative to the disk's root: `file` or `folder/file`, one level of folders.
 *
 * What a crash leaves behind: of a file only what was written before its last completed `sync` began is certain; of a folder only the
 * creations, renames and removals made before its last completed `syncFolder` began. Anything later may have happened wholly, in
 * part, or not at all. A file's sync says nothing about its name in the folder.
 *
 * Failures are errors with the system's code (`ENOENT`, `ENOSPC`, `EIO`, …). After a failed write or sync the file's content is
 * unknown: what the page cache shows may never have reached the disk.
 */
export interface Disk {
  /** Makes this process the only user of the disk until `close` or the end of the process, however it ends. Fails with `EBUSY`. */
  lock(): Promise<void>;
  /** Does nothing where it exists. */
  createFolder(folder: string): Promise<void>;
  /** Names in a folder ('' for the root), without the folder, in no particular order; none where the folder does not exist. */
  list(folder: string): Promise<string[]>;
  /** Opens an existing file for reading and writing. */
  open(name: string): Promise<DiskFile>;
  /** Creates a file; one of that name is emptied. */
  create(name: string): Promise<DiskFile>;
  /** Files and folders. Replaces a file atomically. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  remove(name: string): Promise<void>;
  /** Makes the creations, renames and removals in a folder ('' for the root) durable. */
  syncFolder(folder: string): Promise<void>;
  freeBytes(): Promise<number>;
  /** Gives the lock back. Open files stay open. */
  close(): Promise<void>;
  readonly stats: DiskStats;
}

export interface DiskFile {
  readonly name: string;
  /**
   * Writes `buffer[0, length)` at `position` and syncs the file. `done` may be called before `append` returns (a small append on a fast
   * disk costs less that way than a trip through another thread). The buffer belongs to the disk until then.
   */
  append(buffer: Uint8Array, length: number, position: number, done: DiskDone): void;
  /** Fills `buffer` from `position`; resolves to the number of bytes read, smaller only where the file ends. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Writes all of `data`; the buffer belongs to the disk until it resolves. */
  write(data: Uint8Array, position: number): Promise<void>;
  sync(): Promise<void>;
  size(): Promise<number>;
  /** Extends the file with zeros up to `size`, with the disk space really taken, and syncs it. Fails with `ENOSPC`. */
  allocate(size: number): Promise<void>;
  close(): Promise<void>;
}

export type DiskDone = (error: Error | undefined) => void;

/** Counts since the disk was opened. */
export interface DiskStats {
  readonly bytesWritten: number;
  /** File syncs, those of `append` included. */
  readonly syncs: number;
  /** Duration of the last append (write and sync). */
  readonly lastSyncMs: number;
  /** Longest append so far. */
  readonly maxSyncMs: number;
}

/** The system's code of a failed disk call, '' where there is none. */
export function diskErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

const isDiskFull = (error: unknown): boolean => {
  const code = diskErrorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
};

/** This process, or the machine, has as many files and sockets open as it may. A call that fails so has done nothing. */
export const isOutOfDescriptors = (error: unknown): boolean => {
  const code = diskErrorCode(error);
  return code === 'EMFILE' || code === 'ENFILE';
};

/** What may go by while a file stays as it is: reading it again may do. */
export const isPassing = (error: unknown): boolean => {
  const code = diskErrorCode(error);
  return isShortage(error) || code === 'EIO' || code === 'ENOMEM' || code === 'EAGAIN';
};

/** What a later attempt may find otherwise: no failure of the disk. */
export const isShortage = (error: unknown): boolean => isDiskFull(error) || isOutOfDescriptors(error);
