import fs from 'node:fs';
import path from 'node:path';
import { type Disk, type DiskFile, type DiskStats, diskErrorCode } from '../ports/disk.ts';
import { DiskFileHandle } from './disk-file.ts';
import { FolderLock } from './folder-lock.ts';
import { SyncGauge } from './sync-gauge.ts';

/** A folder of this machine. Creates it, with its parents, when it is locked. */
export class FolderDisk implements Disk {
  readonly root: string;
  readonly #gauge: SyncGauge;
  #lockHeld: FolderLock | undefined;
  /** Stay open once they were synced: what a folder's sync is to make durable cannot wait for a descriptor. */
  readonly #folders = new Map<string, Promise<fs.promises.FileHandle>>();

  readonly #mode: 'r' | 'r+';

  /** `observeSync` is told the duration of each append, in milliseconds. */
  constructor(root: string, observeSync?: (durationMs: number) => void, mode: 'r' | 'r+' = 'r+') {
    this.root = path.resolve(root);
    this.#gauge = new SyncGauge(observeSync);
    this.#mode = mode;
  }

  /** For whoever looks at the files of a process that has the lock. */
  static readOnly(root: string): FolderDisk {
    return new FolderDisk(root, undefined, 'r');
  }

  get stats(): DiskStats {
    return this.#gauge;
  }

  async lock(): Promise<void> {
    await fs.promises.mkdir(this.root, { recursive: true });
    this.#lockHeld = FolderLock.take(path.join(this.root, 'lock'));
  }

  async createFolder(folder: string): Promise<void> {
    await fs.promises.mkdir(this.#path(folder), { recursive: true });
  }

  async list(folder: string): Promise<string[]> {
    try {
      return await fs.promises.readdir(this.#path(folder));
    } catch (error) {
      if (diskErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  open(name: string): Promise<DiskFile> {
    return this.#openWith(name, this.#mode);
  }

  create(name: string): Promise<DiskFile> {
    return this.#openWith(name, 'w+');
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#closeFolder(from);
    await fs.promises.rename(this.#path(from), this.#path(to));
  }

  async remove(name: string): Promise<void> {
    await fs.promises.unlink(this.#path(name));
  }

  async syncFolder(folder: string): Promise<void> {
    let opening = this.#folders.get(folder);
    if (opening === undefined) {
      opening = fs.promises.open(this.#path(folder), 'r');
      this.#folders.set(folder, opening);
      opening.catch(() => this.#folders.delete(folder));
    }
    await (await opening).sync();
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await fs.promises.statfs(this.root);
    return bavail * bsize;
  }

  async close(): Promise<void> {
    for (const folder of [...this.#folders.keys()]) await this.#closeFolder(folder);
    this.#lockHeld?.release();
    this.#lockHeld = undefined;
  }

  async #closeFolder(folder: string): Promise<void> {
    const opening = this.#folders.get(folder);
    this.#folders.delete(folder);
    await (await opening)?.close();
  }

  #path(name: string): string {
    return path.join(this.root, name);
  }

  #openWith(name: string, flags: string): Promise<DiskFile> {
    return new Promise((resolve, reject) => {
      fs.open(this.#path(name), flags, 0o600, (error, fd) => {
        if (error) reject(error);
        else resolve(new DiskFileHandle(name, fd, this.#gauge));
      });
    });
  }
}
