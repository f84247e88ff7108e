import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * A lock that the kernel holds for this process and drops when the process ends, however it ends. Node has no call for file locks, and
 * a file with a process id proves nothing between containers, where every member is process 1. SQLite, which comes with Node, locks its
 * files by `fcntl`, so an open exclusive transaction on an empty database is such a lock.
 */
export class FolderLock {
  readonly #database: DatabaseSync;

  /** Made by its static functions alone. */
  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Throws an error with code `EBUSY` where another process, or this one, holds it. */
  static take(file: string): FolderLock {
    // SQLite does not tell that no descriptor is left. Not of the file itself: closing one of its descriptors would drop the lock.
    closeSync(openSync(dirname(file), 'r'));
    const database = new DatabaseSync(file);
    try {
      // No journal file: nothing is ever written.
      database.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    } catch (cause) {
      database.close();
      const isBusy = cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;
      if (isBusy) throw Object.assign(new Error(`${file} is locked`, { cause }), { code: 'EBUSY' });
      throw Object.assign(new Error(`${file} cannot be locked`, { cause }), { code: 'ENOLCK' });
    }
    return new FolderLock(database);
  }

  release(): void {
    this.#database.close();
  }
}
