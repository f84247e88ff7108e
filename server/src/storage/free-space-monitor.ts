import type { Disk } from '../ports/disk.ts';

/** Segments that are kept free, beside room for one more snapshot: what a member needs in order to get out of a full disk. */
export const RESERVED_SEGMENTS = 2;
/** Of them, what is left for elections, membership, deletions and the ends of sessions alone. */
const LAST_SEGMENTS = 1;

/**
 * How much room the disk has, measured by the reserve: `RESERVED_SEGMENTS` and a snapshot of the state as it is.
 *
 *                        free
 *     ample     ──────────────── twice the reserve
 *     low       everything is taken, and room is made: a snapshot, and all that it makes unnecessary goes
 *               ──────────────── the reserve
 *     scarce    small writes are taken, and new sessions
 *               ──────────────── one segment and a snapshot
 *     exhausted what deletes is taken, and the ends of sessions; as ever elections and membership
 */
export const Room = { ample: 0, low: 1, scarce: 2, exhausted: 3 } as const;
export type Room = (typeof Room)[keyof typeof Room];

/** The state whose snapshots need room: what one would take now. */
export interface Snapshotted {
  readonly snapshotBytes: number;
}

/** Remembers how much room the disks had when they were last asked. */
export class FreeSpaceMonitor {
  readonly #disk: Disk;
  readonly #logDisk: Disk;
  readonly #segmentBytes: number;
  room: Room = Room.ample;
  /** On the disk that has less. */
  freeBytes = 0;
  /** On the one where snapshots are. */
  snapshotFreeBytes = 0;
  /** Of the disk that is nearer to its end: what is free, and the reserve, below which room is scarce. */
  nearest: { readonly freeBytes: number; readonly reserveBytes: number } = { freeBytes: 0, reserveBytes: 0 };

  constructor(disk: Disk, logDisk: Disk, segmentBytes: number) {
    this.#disk = disk;
    this.#logDisk = logDisk;
    this.#segmentBytes = segmentBytes;
  }

  get isLow(): boolean {
    return this.room >= Room.scarce;
  }

  #state: Snapshotted | undefined;
  #looked: (() => void) | undefined;

  /** @param looked called after each look from now on */
  keepRoomFor(state: Snapshotted, looked: () => void): void {
    this.#state = state;
    this.#looked = looked;
  }

  /** What a snapshot would take now: while the state is not read yet, as much as the newest one. */
  snapshotBytes(newestBytes: number): number {
    return this.#state?.snapshotBytes ?? newestBytes;
  }

  async refresh(newestBytes: number): Promise<void> {
    const free = await this.#disk.freeBytes();
    const isOneDisk = this.#logDisk === this.#disk;
    const logFree = isOneDisk ? free : await this.#logDisk.freeBytes();
    const snapshotBytes = this.snapshotBytes(newestBytes);
    this.freeBytes = Math.min(free, logFree);
    this.snapshotFreeBytes = free;
    const disks = isOneDisk
      ? [this.#usage(free, snapshotBytes, this.#segmentBytes)]
      : [this.#usage(free, snapshotBytes, 0), this.#usage(logFree, 0, this.#segmentBytes)];
    this.room = Math.max(...disks.map(({ room }) => room)) as Room;
    const [first, second = first] = disks;
    if (first !== undefined && second !== undefined)
      this.nearest = share(second) > share(first) ? second : first;
    this.#looked?.();
  }

  /**
   * Whether a snapshot of `bytes` that makes `givenBack` unnecessary gains enough. While room is not scarce yet, half of its own size at least,
   * or writing snapshots would outweigh the writes themselves.
   */
  isWorth(bytes: number, givenBack: number): boolean {
    return givenBack - bytes >= Math.max(this.#segmentBytes / 2, this.isLow ? 0 : bytes / 2);
  }

  #usage(freeBytes: number, snapshotBytes: number, segmentBytes: number): DiskUsage {
    const reserveBytes = RESERVED_SEGMENTS * segmentBytes + snapshotBytes;
    const last = LAST_SEGMENTS * segmentBytes + snapshotBytes;
    return { freeBytes, reserveBytes, room: roomOf(freeBytes, last, reserveBytes) };
  }
}

interface DiskUsage {
  readonly freeBytes: number;
  readonly reserveBytes: number;
  readonly room: Room;
}

function roomOf(freeBytes: number, lastBytes: number, reserveBytes: number): Room {
  if (freeBytes < lastBytes) return Room.exhausted;
  if (freeBytes < reserveBytes) return Room.scarce;
  return freeBytes < 2 * reserveBytes ? Room.low : Room.ample;
}

function share({ freeBytes, reserveBytes }: DiskUsage): number {
  return reserveBytes / Math.max(1, freeBytes);
}
