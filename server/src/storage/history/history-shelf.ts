import type { Disk } from '../../ports/disk.ts';
import { LOG_FOLDER, type SegmentName } from '../log/segment-file.ts';
import { MEMBER_FOLDER } from '../member/identity-file.ts';

export const HISTORY_FOLDER = 'history';

export interface HistoryOptions {
  /** How far back the past has to be known; 0: not at all. */
  readonly retainMs: number;
  /** More than that of it is not kept, however short it gets. */
  readonly maxBytes: number;
  /** Now, in ms since 1970. */
  readonly nowMs: () => number;
}

interface Retired {
  readonly disk: Disk;
  readonly name: string;
  readonly bytes: number;
  readonly retiredMs: number;
}

interface RetiredSegment extends Retired {
  readonly firstIndex: number;
}

interface RetiredSnapshot extends Retired {
  readonly index: number;
}

const segmentPattern = /^log-(\d{8,})-(\d{16})-(\d{13,})$/;
const snapshotPattern = /^snapshot-(\d{16})-(\d{16})-(\d{13,})$/;

/** Names of what a member has done with carry the time at which that was, ms since 1970: nothing in them is younger. */
function retiredName(name: string, folder: string, retiredMs: number): string {
  return `${HISTORY_FOLDER}/${name.slice(folder.length + 1)}-${String(retiredMs).padStart(13, '0')}`;
}

/** A file of the history folder, by its name without the folder. */
export function parseRetired(
  file: string,
): { readonly is: 'segment' | 'snapshot'; readonly first: number; readonly second: number } | undefined {
  const segment = segmentPattern.exec(file);
  if (segment !== null) return { is: 'segment', first: Number(segment[1]), second: Number(segment[2]) };
  const snapshot = snapshotPattern.exec(file);
  if (snapshot !== null) return { is: 'snapshot', first: Number(snapshot[1]), second: Number(snapshot[2]) };
  return undefined;
}

/**
 * Segments of the log and snapshots that the member itself needs no more, kept for questions about the past. They lie in a folder of their own, at
 * which no start looks: neither does a long past make a start longer, nor does damage in it keep the member from starting.
 */
export class HistoryShelf {
  readonly #disk: Disk;
  readonly #logDisk: Disk;
  readonly #options: HistoryOptions;
  /** In the order in which they were retired, which is that of the log. */
  #segments: RetiredSegment[] = [];
  #snapshots: RetiredSnapshot[] = [];
  #isOpen = false;

  constructor(disk: Disk, logDisk: Disk, options: HistoryOptions) {
    this.#disk = disk;
    this.#logDisk = logDisk;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0 && this.#snapshots.length === 0;
  }

  get bytes(): number {
    return [...this.#segments, ...this.#snapshots].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Looks at what there is, once; the folder is made where it is to be filled. */
  async open(): Promise<void> {
    if (this.#isOpen) return;
    for (const disk of new Set([this.#disk, this.#logDisk])) {
      if (this.#options.retainMs > 0) {
        await disk.createFolder(HISTORY_FOLDER);
        await disk.syncFolder('');
      }
      for (const file of await disk.list(HISTORY_FOLDER)) await this.#found(disk, file);
    }
    this.#segments.sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#snapshots.sort((a, b) => a.index - b.index);
    this.#isOpen = true;
  }

  async #found(disk: Disk, file: string): Promise<void> {
    const parsed = parseRetired(file);
    if (parsed === undefined) return;
    const name = `${HISTORY_FOLDER}/${file}`;
    const retired = {
      disk,
      name,
      bytes: await sizeOf(disk, name),
      retiredMs: Number(file.split('-').at(-1)),
    };
    if (parsed.is === 'segment') this.#segments.push({ ...retired, firstIndex: parsed.second });
    else this.#snapshots.push({ ...retired, index: parsed.first });
  }

  /** Takes a segment out of the log; for the log it is removed. */
  readonly takeSegment = async ({ name, firstIndex }: SegmentName): Promise<void> => {
    if (this.#options.retainMs === 0) return this.#logDisk.remove(name);
    const retired = await this.#take(this.#logDisk, name, LOG_FOLDER);
    this.#segments.push({ ...retired, firstIndex });
  };

  readonly takeSnapshot = async ({
    name,
    index,
  }: {
    readonly name: string;
    readonly index: number;
  }): Promise<void> => {
    if (this.#options.retainMs === 0) return this.#disk.remove(name);
    const retired = await this.#take(this.#disk, name, MEMBER_FOLDER);
    this.#snapshots.push({ ...retired, index });
    this.#snapshots.sort((a, b) => a.index - b.index);
  };

  async #take(disk: Disk, name: string, folder: string): Promise<Retired> {
    const retiredMs = this.#options.nowMs();
    const bytes = await sizeOf(disk, name);
    const retired = retiredName(name, folder, retiredMs);
    await disk.rename(name, retired);
    // Before its former folder is synced: a crash may leave it at both places, never at none.
    await disk.syncFolder(HISTORY_FOLDER);
    return { disk, name: retired, bytes, retiredMs };
  }

  /**
   * Removes what lies before the time to be known, or beyond the bytes allowed: always up to a snapshot, since from there on the state can be
   * known; where the last one is not enough, all of it.
   */
  async trim(): Promise<void> {
    const { retainMs, maxBytes, nowMs } = this.#options;
    if (retainMs === 0) return this.#clear();
    const cutoffMs = nowMs() - retainMs;
    const base = this.#snapshots.findLast(({ retiredMs }) => retiredMs <= cutoffMs);
    if (base !== undefined) await this.#dropBefore(base.index);
    await this.#cutTo(maxBytes);
    await this.#sync();
  }

  /** Where the disk is short of room the past gives way to the present, its older half first. @param look looks again how short it is */
  async giveWay(isLow: () => boolean, look: () => Promise<void>): Promise<void> {
    while (isLow() && !this.isEmpty) {
      await this.#cutTo(this.bytes / 2);
      await this.#sync();
      await look();
    }
  }

  async #cutTo(maxBytes: number): Promise<void> {
    for (const { index } of [...this.#snapshots]) {
      if (this.bytes <= maxBytes) return;
      await this.#dropBefore(index);
    }
    if (this.bytes > maxBytes) await this.#clear();
  }

  async #clear(): Promise<void> {
    if (this.isEmpty) return;
    for (const { disk, name } of [...this.#segments, ...this.#snapshots]) await disk.remove(name);
    this.#segments = [];
    this.#snapshots = [];
    await this.#sync();
  }

  /** The state at `index` can be known from a snapshot: what only leads up to it goes. */
  async #dropBefore(index: number): Promise<void> {
    while (this.#snapshots.length > 0 && this.#snapshots[0]!.index < index) {
      const { disk, name } = this.#snapshots.shift()!;
      await disk.remove(name);
    }
    while (this.#segments.length > 1 && this.#segments[1]!.firstIndex <= index + 1) {
      const { disk, name } = this.#segments.shift()!;
      await disk.remove(name);
    }
  }

  async #sync(): Promise<void> {
    if (this.#options.retainMs === 0 && this.isEmpty) return;
    for (const disk of new Set([this.#disk, this.#logDisk])) await disk.syncFolder(HISTORY_FOLDER);
  }
}

async function sizeOf(disk: Disk, name: string): Promise<number> {
  const file = await disk.open(name);
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}
