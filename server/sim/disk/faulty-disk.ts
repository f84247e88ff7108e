import type { Disk, DiskDone, DiskFile } from '../../src/ports/disk.ts';
import type { Prng } from '../prng.ts';
import { DiskCallError, type DiskSchedule, splitName } from './disk-call.ts';
import type { CallFate, DiskCallKind } from './faults.ts';
import { FaultyFile } from './faulty-file.ts';
import { FaultyFolder } from './faulty-folder.ts';

/** What a call does: at once, as far as the page cache goes; then, when it completes; or when it fails instead. */
interface Effect<T> {
  begin?(): void;
  complete(): T;
  fail?(): void;
}

/** The volume beneath, which outlives processes. */
export interface Volume {
  readonly prng: Prng;
  readonly capacityBytes: number;
  readonly hung: boolean;
  refusals: number;
  lock(disk: FaultyDisk): void;
  unlock(disk: FaultyDisk): void;
  isMounted(disk: FaultyDisk): boolean;
  folder(name: string): FaultyFolder;
  file(name: string): FaultyFile;
  usedBytes(): number;
  nextFate(kind: DiskCallKind, name: string): CallFate;
  crashNow(): void;
  holdBack(finish: () => void): void;
}

/** One process's view of a faulty volume, from its lock on. After a kill or crash no call is answered and none has an effect. */
export class FaultyDisk implements Disk {
  readonly stats = { bytesWritten: 0, syncs: 0, lastSyncMs: 0, maxSyncMs: 0 };
  readonly volume: Volume;
  /** Files that this process has open. */
  openFiles = 0;
  readonly #schedule: DiskSchedule;

  constructor(volume: Volume, schedule: DiskSchedule) {
    this.volume = volume;
    this.#schedule = schedule;
  }

  async lock(): Promise<void> {
    this.volume.lock(this);
  }

  createFolder(folder: string): Promise<void> {
    return this.call('create-folder', folder, {
      complete: () => {
        const root = this.volume.folder('');
        if (root.get(folder) === undefined) root.add(folder, new FaultyFolder());
      },
    });
  }

  list(folder: string): Promise<string[]> {
    return this.call('list', folder, {
      complete: () => {
        const isThere = folder === '' || this.volume.folder('').get(folder) !== undefined;
        return isThere ? this.volume.folder(folder).names() : [];
      },
    });
  }

  open(name: string): Promise<DiskFile> {
    return this.call('open', name, {
      complete: () => new FaultyHandle(this, name, this.volume.file(name)),
    });
  }

  create(name: string): Promise<DiskFile> {
    return this.call('create', name, {
      complete: () => {
        const { folder, name: file } = splitName(name);
        const created = new FaultyFile();
        this.volume.folder(folder).add(file, created);
        return new FaultyHandle(this, name, created);
      },
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.call('rename', from, {
      complete: () => {
        const source = splitName(from);
        const target = splitName(to);
        const folder = this.volume.folder(source.folder);
        const item = folder.get(source.name);
        if (item === undefined) throw new DiskCallError('ENOENT', from);
        if (source.folder === target.folder) {
          folder.rename(source.name, target.name, item);
          return;
        }
        // Each folder becomes durable by itself: after a crash it may have both names, or neither.
        this.volume.folder(target.folder).add(target.name, item);
        folder.remove(source.name);
      },
    });
  }

  remove(name: string): Promise<void> {
    return this.call('remove', name, {
      complete: () => {
        this.volume.file(name);
        const { folder, name: file } = splitName(name);
        this.volume.folder(folder).remove(file);
      },
    });
  }

  syncFolder(folder: string): Promise<void> {
    const found = this.volume.folder('').get(folder);
    const synced = folder === '' ? this.volume.folder('') : found;
    if (!(synced instanceof FaultyFolder)) return Promise.reject(new DiskCallError('ENOENT', folder));
    const mark = synced.beginSync();
    return this.call('sync-folder', folder, {
      complete: () => synced.synced(mark),
      fail: () => synced.syncFailed(mark, this.volume.prng),
    });
  }

  freeBytes(): Promise<number> {
    return this.call('free-bytes', '', {
      complete: () => this.volume.capacityBytes - this.volume.usedBytes(),
    });
  }

  async close(): Promise<void> {
    this.volume.unlock(this);
  }

  call<T>(kind: DiskCallKind, name: string, effect: Effect<T>): Promise<T> {
    return new Promise((resolve, reject) => this.run(kind, name, effect, resolve, reject));
  }

  /** Also for appends, which know no promises. */
  run<T>(
    kind: DiskCallKind,
    name: string,
    effect: Effect<T>,
    resolve: (result: T) => void,
    reject: (error: Error) => void,
  ): void {
    const { volume } = this;
    if (!volume.isMounted(this)) return;
    const fate: CallFate = volume.nextFate(kind, name);
    if (fate.crash === 'before') {
      volume.crashNow();
      return;
    }
    try {
      effect.begin?.();
    } catch (error) {
      this.#schedule(fate.delayMs ?? 0, () => {
        if (volume.isMounted(this)) reject(error as Error);
      });
      return;
    }
    if (fate.crash === 'during') {
      volume.crashNow();
      return;
    }
    const finish = (): void => {
      if (!volume.isMounted(this)) return;
      if (volume.hung) volume.holdBack(() => this.#schedule(0, finish));
      else this.#finish(name, fate, effect, resolve, reject);
    };
    this.#schedule(fate.delayMs ?? 0, finish);
  }

  #finish<T>(
    name: string,
    fate: CallFate,
    effect: Effect<T>,
    resolve: (result: T) => void,
    reject: (error: Error) => void,
  ): void {
    if (fate.error !== undefined) {
      effect.fail?.();
      reject(new DiskCallError(fate.error, name));
      return;
    }
    let result: T;
    try {
      result = effect.complete();
    } catch (error) {
      reject(error as Error);
      return;
    }
    if (fate.crash === 'after') this.volume.crashNow();
    else resolve(result);
  }
}

class FaultyHandle implements DiskFile {
  readonly name: string;
  readonly #disk: FaultyDisk;
  readonly #file: FaultyFile;
  #isOpen = true;

  constructor(disk: FaultyDisk, name: string, file: FaultyFile) {
    this.#disk = disk;
    disk.openFiles++;
    this.name = name;
    this.#file = file;
  }

  append(buffer: Uint8Array, length: number, position: number, done: DiskDone): void {
    const disk = this.#disk;
    const file = this.#file;
    let mark = 0;
    const effect = {
      begin: () => {
        this.#put(buffer.subarray(0, length), position);
        mark = file.beginSync();
      },
      complete: () => {
        file.synced(mark);
        disk.stats.syncs++;
      },
      fail: () => file.syncFailed(mark, disk.volume.prng),
    };
    disk.run('append', this.name, effect, () => done(undefined), done);
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return this.#disk.call('read', this.name, { complete: () => this.#file.read(buffer, position) });
  }

  write(data: Uint8Array, position: number): Promise<void> {
    return this.#disk.call('write', this.name, {
      begin: () => this.#put(data, position),
      complete: () => undefined,
    });
  }

  sync(): Promise<void> {
    const disk = this.#disk;
    const file = this.#file;
    let mark = 0;
    return disk.call('sync', this.name, {
      begin: () => {
        mark = file.beginSync();
      },
      complete: () => {
        file.synced(mark);
        disk.stats.syncs++;
      },
      fail: () => file.syncFailed(mark, disk.volume.prng),
    });
  }

  size(): Promise<number> {
    return this.#disk.call('size', this.name, { complete: () => this.#file.size });
  }

  allocate(size: number): Promise<void> {
    const disk = this.#disk;
    const file = this.#file;
    let mark = 0;
    return disk.call('allocate', this.name, {
      begin: () => {
        if (size > file.size) this.#put(new Uint8Array(size - file.size), file.size);
        mark = file.beginSync();
      },
      complete: () => file.synced(mark),
      fail: () => file.syncFailed(mark, disk.volume.prng),
    });
  }

  async close(): Promise<void> {
    if (this.#isOpen) this.#disk.openFiles--;
    this.#isOpen = false;
  }

  #put(data: Uint8Array, position: number): void {
    const { volume } = this.#disk;
    const more = position + data.length - this.#file.size;
    if (more > 0 && volume.usedBytes() + more > volume.capacityBytes) {
      volume.refusals++;
      throw new DiskCallError('ENOSPC', this.name);
    }
    this.#file.write(data, position);
    this.#disk.stats.bytesWritten += data.length;
  }
}
