import type { Disk } from '../ports/disk.ts';
import type { HistoryOptions } from './history/history-shelf.ts';

export interface StorageOptions {
  /** Size of a log segment, preallocated; smaller on a small disk (`segment-size.ts`). */
  readonly segmentBytes: number;
  /** Snapshots kept, the newest among them; the log is kept back to the oldest of them. */
  readonly snapRetainCount: number;
  /** Asked when a snapshot is complete: whether what no longer serves goes now. Absent: always. Where room is short nobody is asked. */
  readonly purgeNow?: () => boolean;
  /** A second disk for the log alone (dataLogDir). */
  readonly logDisk?: Disk;
  /** What becomes of segments and snapshots that are not needed any more. Absent: they are removed, and nothing is looked for that was kept. */
  readonly history?: HistoryOptions;
}
