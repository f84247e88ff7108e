import type { Histogram } from '../model/histogram.ts';

/** What the machine around a member knows of it. */
export interface MachineCounts {
  /** Why no client can connect yet; empty where they can. */
  waitingFor(): string;
  connectionsRefused(): number;
  auditLinesLost(): number;
  /** Of appends (write and sync), in milliseconds. */
  logSyncs(): Histogram;
  /** For how long a turn of the event loop kept everything else waiting, in milliseconds. */
  eventLoopDelays(): Histogram;
}
