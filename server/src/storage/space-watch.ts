import type { Disk } from './disk.ts';

/** Segments that are kept free, beside room for one more snapshot: what a member needs in order to get out of a full disk. */
export const reservedSegments = 2;

/** Remembers how much room the disks had when they were last asked. */
export class SpaceWatch {
  private readonly disk: Disk;
  private readonly logDisk: Disk;
  private readonly segmentBytes: number;
  isLow = false;
  /** On the disk that has less. */
  freeBytes = 0;

  constructor(disk: Disk, logDisk: Disk, segmentBytes: number) {
    this.disk = disk;
    this.logDisk = logDisk;
    this.segmentBytes = segmentBytes;
  }

  async refresh(snapshotBytes: number): Promise<void> {
    const logReserve = reservedSegments * this.segmentBytes;
    const free = await this.disk.freeBytes();
    if (this.logDisk === this.disk) {
      this.freeBytes = free;
      this.isLow = free < logReserve + snapshotBytes;
      return;
    }
    const logFree = await this.logDisk.freeBytes();
    this.freeBytes = Math.min(free, logFree);
    this.isLow = free < snapshotBytes || logFree < logReserve;
  }
}
