import type { DiskStats } from '../storage/disk.ts';

/** Weight of the newest duration in the moving average. */
const newestWeight = 1 / 8;

/** What a disk has done, and how long its syncs take. */
export class SyncGauge implements DiskStats {
  bytesWritten = 0;
  syncs = 0;
  lastSyncMs = 0;
  maxSyncMs = 0;
  /** Moving average of append durations. Begins high: the first append must not block on a slow disk. */
  averageMs = 2;
  /** Calls of this disk that the thread pool is working on, the appends excepted. */
  busy = 0;
  private readonly observe: ((durationMs: number) => void) | undefined;

  constructor(observe: ((durationMs: number) => void) | undefined) {
    this.observe = observe;
  }

  appended(bytes: number, durationMs: number): void {
    this.bytesWritten += bytes;
    this.syncs++;
    this.lastSyncMs = durationMs;
    if (durationMs > this.maxSyncMs) this.maxSyncMs = durationMs;
    this.averageMs += (durationMs - this.averageMs) * newestWeight;
    this.observe?.(durationMs);
  }
}
