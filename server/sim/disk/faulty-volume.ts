import type { Prng } from '../prng.ts';
import { DiskCallError, type DiskSchedule, soon, splitName } from './disk-call.ts';
import { allIsWell, type CallFate, type DecideFate, type DiskCallKind } from './faults.ts';
import { FaultyDisk } from './faulty-disk.ts';
import { FaultyFile } from './faulty-file.ts';
import { FaultyFolder, type FolderItem } from './faulty-folder.ts';

export interface FaultyVolumeOptions {
  readonly prng: Prng;
  readonly capacityBytes?: number;
  readonly decide?: DecideFate;
}

export interface CrashTotals {
  crashes: number;
  /** Creations, renames and removals that a crash undid. */
  lostNames: number;
  /** Files of which a crash lost or tore something. */
  tornFiles: number;
}

/**
 * A disk that outlives the processes that use it: each of them mounts it anew.
 *
 *     mount ──► calls … ──┬─ kill:  the process ends, the page cache stays
 *                         └─ crash: the machine stops; only what was synced is certain
 */
export class FaultyVolume {
  capacityBytes: number;
  decide: DecideFate;
  /** Told after a crash that a call's fate brought about. */
  onCrash: (() => void) | undefined;
  readonly totals: CrashTotals = { crashes: 0, lostNames: 0, tornFiles: 0 };
  /** Calls that found no room. */
  refusals = 0;
  /** Calls that had to wait while the disk was hung. */
  held = 0;
  readonly prng: Prng;
  #root = new FaultyFolder();
  #mounted: FaultyDisk | undefined;
  #calls = 0;
  #isHung = false;
  #waiting: (() => void)[] = [];

  constructor(options: FaultyVolumeOptions) {
    this.prng = options.prng;
    this.capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY;
    this.decide = options.decide ?? allIsWell;
  }

  /** Calls made so far, of all mounts. */
  get callCount(): number {
    return this.#calls;
  }

  /** The disk as one process sees it. A mount of before must have been killed, crashed or closed before this one locks. */
  mount(schedule: DiskSchedule = soon): FaultyDisk {
    return new FaultyDisk(this, schedule);
  }

  /** Calls are neither answered nor refused. */
  get hung(): boolean {
    return this.#isHung;
  }

  hang(): void {
    this.#isHung = true;
  }

  /** Whatever waited completes now. */
  answerAgain(): void {
    this.#isHung = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const complete of waiting) complete();
  }

  /** For the mounts: what completes once the disk answers again. */
  holdBack(complete: () => void): void {
    this.held++;
    this.#waiting.push(complete);
  }

  /** The process ends at once: its calls are never answered, its lock is gone. */
  kill(): void {
    this.#mounted = undefined;
    this.#waiting = [];
  }

  /** The machine stops: as `kill`, and of what was not synced only some survives. */
  crash(): void {
    this.#mounted = undefined;
    this.#waiting = [];
    this.totals.crashes++;
    const { lostNames, tornFiles } = this.#root.crash(this.prng);
    this.totals.lostNames += lostNames;
    this.totals.tornFiles += tornFiles;
  }

  /** The disk is replaced by an empty one. */
  wipe(): void {
    this.#mounted = undefined;
    this.#root = new FaultyFolder();
  }

  /** Flips bits of a stored byte, behind everybody's back. */
  damage(name: string, offset: number, mask: number): void {
    this.file(name).flip(offset, mask);
  }

  /** All files, with their folder. */
  fileNames(): string[] {
    const names: string[] = [];
    for (const name of this.#root.names()) {
      const item = this.#root.get(name);
      if (item instanceof FaultyFolder) names.push(...item.names().map((file) => `${name}/${file}`));
      else names.push(name);
    }
    return names.sort();
  }

  content(name: string): Uint8Array {
    return this.file(name).content();
  }

  usedBytes(): number {
    return this.#root.items().reduce((bytes, item) => bytes + sizeOf(item), 0);
  }

  /** For the mounts: the fate of the next call. */
  nextFate(kind: DiskCallKind, name: string): CallFate {
    this.#calls++;
    return this.decide({ kind, name, number: this.#calls });
  }

  /** For the mounts: a call's fate stops the machine. */
  crashNow(): void {
    this.crash();
    this.onCrash?.();
  }

  isMounted(disk: FaultyDisk): boolean {
    return this.#mounted === disk;
  }

  lock(disk: FaultyDisk): void {
    if (this.#mounted !== undefined) throw new DiskCallError('EBUSY', 'lock');
    this.#mounted = disk;
  }

  unlock(disk: FaultyDisk): void {
    if (this.#mounted === disk) this.#mounted = undefined;
  }

  folder(name: string): FaultyFolder {
    if (name === '') return this.#root;
    const item = this.#root.get(name);
    if (!(item instanceof FaultyFolder)) throw new DiskCallError('ENOENT', name);
    return item;
  }

  file(path: string): FaultyFile {
    const { folder, name } = splitName(path);
    const item = this.folder(folder).get(name);
    if (!(item instanceof FaultyFile)) throw new DiskCallError('ENOENT', path);
    return item;
  }
}

function sizeOf(item: FolderItem): number {
  if (item instanceof FaultyFile) return item.size;
  return item.items().reduce((bytes, inner) => bytes + sizeOf(inner), 0);
}
