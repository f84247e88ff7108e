import type { Disk, DiskDone, DiskFile, DiskStats } from '../../src/ports/disk.ts';
import { DiskCallError, type DiskSchedule, soon, splitName } from './disk-call.ts';
import { Extent } from './extent.ts';

/** A disk that never fails, forgets nothing while it is referenced, and knows of no crash. */
export class MemoryDisk implements Disk {
  readonly stats: DiskStats & { bytesWritten: number; syncs: number } = {
    bytesWritten: 0,
    syncs: 0,
    lastSyncMs: 0,
    maxSyncMs: 0,
  };
  readonly #schedule: DiskSchedule;
  readonly #capacityBytes: number;
  /** By folder, then by name. */
  readonly #folders = new Map<string, Map<string, Extent>>([['', new Map()]]);
  #isLocked = false;

  constructor(schedule: DiskSchedule = soon, capacityBytes = Number.POSITIVE_INFINITY) {
    this.#schedule = schedule;
    this.#capacityBytes = capacityBytes;
  }

  lock(): Promise<void> {
    return this.later(() => {
      if (this.#isLocked) throw new DiskCallError('EBUSY', 'lock');
      this.#isLocked = true;
    });
  }

  createFolder(folder: string): Promise<void> {
    return this.later(() => {
      if (!this.#folders.has(folder)) this.#folders.set(folder, new Map());
    });
  }

  list(folder: string): Promise<string[]> {
    return this.later(() => {
      const names = [...(this.#folders.get(folder)?.keys() ?? [])];
      if (folder === '') names.push(...[...this.#folders.keys()].filter((name) => name !== ''));
      return names;
    });
  }

  open(name: string): Promise<DiskFile> {
    return this.later(() => new MemoryFile(this, name, this.#find(name)));
  }

  create(name: string): Promise<DiskFile> {
    return this.later(() => {
      const extent = new Extent();
      const { folder, name: file } = splitName(name);
      const names = this.#folders.get(folder);
      if (names === undefined) throw new DiskCallError('ENOENT', name);
      names.set(file, extent);
      return new MemoryFile(this, name, extent);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.later(() => {
      const folder = this.#folders.get(from);
      if (folder !== undefined) {
        this.#folders.delete(from);
        this.#folders.set(to, folder);
        return;
      }
      const extent = this.#find(from);
      const target = splitName(to);
      const names = this.#folders.get(target.folder);
      if (names === undefined) throw new DiskCallError('ENOENT', to);
      this.#removeName(from);
      names.set(target.name, extent);
    });
  }

  remove(name: string): Promise<void> {
    return this.later(() => {
      this.#find(name);
      this.#removeName(name);
    });
  }

  syncFolder(folder: string): Promise<void> {
    return this.later(() => {
      if (!this.#folders.has(folder)) throw new DiskCallError('ENOENT', folder);
    });
  }

  freeBytes(): Promise<number> {
    return this.later(() => this.#capacityBytes - this.#usedBytes());
  }

  close(): Promise<void> {
    return this.later(() => {
      this.#isLocked = false;
    });
  }

  /** For the files of this disk. */
  later<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#schedule(0, () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /** For the files of this disk: throws ENOSPC. */
  takeRoom(name: string, extent: Extent, end: number): void {
    const more = end - extent.size;
    if (more > 0 && this.#usedBytes() + more > this.#capacityBytes) throw new DiskCallError('ENOSPC', name);
  }

  #usedBytes(): number {
    let bytes = 0;
    for (const names of this.#folders.values()) for (const extent of names.values()) bytes += extent.size;
    return bytes;
  }

  #find(path: string): Extent {
    const { folder, name } = splitName(path);
    const extent = this.#folders.get(folder)?.get(name);
    if (extent === undefined) throw new DiskCallError('ENOENT', path);
    return extent;
  }

  #removeName(path: string): void {
    const { folder, name } = splitName(path);
    this.#folders.get(folder)?.delete(name);
  }
}

class MemoryFile implements DiskFile {
  readonly name: string;
  readonly #disk: MemoryDisk;
  readonly #extent: Extent;

  constructor(disk: MemoryDisk, name: string, extent: Extent) {
    this.#disk = disk;
    this.name = name;
    this.#extent = extent;
  }

  append(buffer: Uint8Array, length: number, position: number, done: DiskDone): void {
    const data = buffer.subarray(0, length);
    this.#disk
      .later(() => {
        this.#put(data, position);
        this.#disk.stats.syncs++;
      })
      .then(() => done(undefined), done);
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return this.#disk.later(() => this.#extent.read(buffer, position));
  }

  write(data: Uint8Array, position: number): Promise<void> {
    return this.#disk.later(() => this.#put(data, position));
  }

  sync(): Promise<void> {
    return this.#disk.later(() => {
      this.#disk.stats.syncs++;
    });
  }

  size(): Promise<number> {
    return this.#disk.later(() => this.#extent.size);
  }

  allocate(size: number): Promise<void> {
    return this.#disk.later(() => {
      this.#disk.takeRoom(this.name, this.#extent, size);
      this.#extent.extend(size);
    });
  }

  close(): Promise<void> {
    return this.#disk.later(() => undefined);
  }

  #put(data: Uint8Array, position: number): void {
    this.#disk.takeRoom(this.name, this.#extent, position + data.length);
    this.#extent.write(data, position);
    this.#disk.stats.bytesWritten += data.length;
  }
}
