import type { Disk } from '../../ports/disk.ts';
import { RESERVED_SEGMENTS } from '../free-space-monitor.ts';
import type { SnapshotFile } from './snapshot-writer.ts';

/**
 * Keeps for the snapshot under way what it still needs of a disk that it shares with the log. A log that grows faster than snapshots are
 * written, as that of a member that catches up may, would else fill the disk, and then no snapshot could make room again.
 *
 *     free:  │ what the snapshot still needs │ reserved segments │ what the log may take meanwhile │
 *
 * The log waits rather than fails: to Raft this is a slow disk. It never waits for a snapshot that is whole, since that in turn waits until
 * the log has come as far; by then the reserved segments are what it takes.
 */
export class SnapshotRoom {
  readonly #disk: Disk;
  readonly #logDisk: Disk;
  readonly #segmentBytes: number;
  /** Of the snapshot under way. */
  file: SnapshotFile | undefined;
  #expectedBytes = 0;
  #isClosed = false;
  #moved: (() => void) | undefined;

  constructor(disk: Disk, logDisk: Disk, segmentBytes: number) {
    this.#disk = disk;
    this.#logDisk = logDisk;
    this.#segmentBytes = segmentBytes;
  }

  expect(file: SnapshotFile, expectedBytes: number): void {
    this.file = file;
    this.#expectedBytes = expectedBytes;
  }

  /** Something was written of the snapshot, or its writing has ended. */
  readonly noteProgress = (): void => {
    this.#moved?.();
  };

  /** Nobody waits any more. */
  close(): void {
    this.#isClosed = true;
    this.#moved?.();
  }

  /** Settles once the log may take `bytes` of its disk. One at a time. Rejects with the disk's error. */
  readonly waitFor = async (bytes: number): Promise<void> => {
    if (this.#logDisk !== this.#disk) return;
    while (this.#stillNeeded > 0) {
      const kept = this.#stillNeeded + RESERVED_SEGMENTS * this.#segmentBytes;
      if ((await this.#disk.freeBytes()) >= bytes + kept || this.#stillNeeded === 0) return;
      await new Promise<void>((resolve) => {
        this.#moved = resolve;
      });
    }
  };

  get #stillNeeded(): number {
    const { file } = this;
    if (this.#isClosed || file === undefined || file.hasEnded) return 0;
    return Math.max(0, this.#expectedBytes - file.bytes);
  }
}
