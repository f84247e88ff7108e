import type { Disk, DiskFile } from '../../ports/disk.ts';
import { PREPARED_NAME } from './segment-file.ts';

export interface PreparedSegment {
  readonly file: DiskFile;
  readonly sizeBytes: number;
}

const START_BYTES = 8 * 1024 * 1024;

/**
 * How large to make the segment that a member appends to when it has just started, with records up to `position`. Writing and syncing
 * a whole one of `segmentBytes` takes seconds on a busy disk, and nobody is served meanwhile; the next one, which is prepared in the
 * background before this is full, is a whole one.
 */
export function segmentBytesAtStart(position: number, segmentBytes: number): number {
  return Math.max(position, Math.min(segmentBytes, position + START_BYTES));
}

/** Makes the next segment while the current one is filled: its space is taken before it is needed. */
export class SegmentPreparer {
  readonly #disk: Disk;
  readonly #segmentBytes: number;
  #ready: DiskFile | undefined;
  #running: Promise<void> | undefined;
  #error: unknown;
  /** Settles once so many bytes more may be taken of the disk. */
  waitForRoom: (bytes: number) => Promise<void> = () => Promise.resolve();

  constructor(disk: Disk, segmentBytes: number) {
    this.#disk = disk;
    this.#segmentBytes = segmentBytes;
  }

  /** Begins in the background, if that is not done or under way. What goes wrong is told by `take`. */
  start(): void {
    if (this.#ready !== undefined || this.#running !== undefined) return;
    this.#error = undefined;
    this.#running = this.#create().then(this.#finished, this.#finished);
  }

  /** The prepared file, of at least `minBytes`. Rejects with the disk's error; after `ENOSPC` it may be asked again. */
  async take(minBytes: number): Promise<PreparedSegment> {
    if (this.#ready === undefined) {
      this.start();
      await this.#running;
    }
    const file = this.#ready;
    if (file === undefined) throw this.#error;
    this.#ready = undefined;
    if (minBytes > this.#segmentBytes) await this.#allocate(file, minBytes, minBytes - this.#segmentBytes);
    return { file, sizeBytes: Math.max(minBytes, this.#segmentBytes) };
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#ready?.close();
    this.#ready = undefined;
  }

  async #create(): Promise<void> {
    const file = await this.#disk.create(PREPARED_NAME);
    await this.#allocate(file, this.#segmentBytes, this.#segmentBytes);
    this.#ready = file;
  }

  /** `growth`: what of `sizeBytes` the file does not have yet. */
  async #allocate(file: DiskFile, sizeBytes: number, growth: number): Promise<void> {
    try {
      await this.waitForRoom(growth);
      await file.allocate(sizeBytes);
    } catch (error) {
      // What was taken of a full disk is given back: others may need it to free more. And a file that failed is not used again.
      await file.close();
      await this.#disk.remove(PREPARED_NAME);
      throw error;
    }
  }

  readonly #finished = (error: unknown): void => {
    this.#running = undefined;
    this.#error = error;
  };
}
