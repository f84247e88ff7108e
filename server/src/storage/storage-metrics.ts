export interface StorageMetrics {
  readonly bytesWritten: number;
  readonly syncs: number;
  /** Of the last append to the log. */
  readonly lastSyncMs: number;
  readonly maxSyncMs: number;
  /** As of the last look. */
  readonly freeBytes: number;
  /** Of the disk that is nearer to its end, as of the last look. */
  readonly nearest: { readonly freeBytes: number; readonly reserveBytes: number };
  readonly logSegments: number;
  readonly snapshots: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
}
