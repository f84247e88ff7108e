/** What the machine around a member knows of it. */
export interface MachineCounts {
  /** Why no client can connect yet; empty where they can. */
  waitingFor(): string;
  connectionsRefused(): number;
  /** Time spent in appends (write and sync). */
  logSyncSeconds(): number;
}
