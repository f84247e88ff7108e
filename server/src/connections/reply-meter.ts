import type { ConnectionStats } from './connection-stats.ts';
import type { Latency } from './latency.ts';

export interface MeterParts {
  readonly latency: Latency;
  readonly clock: { readonly nowMs: number };
}

/** Notes each reply of one connection: for its own statistics, and for the member's latency. */
export class ReplyMeter {
  readonly #stats: ConnectionStats;
  readonly #parts: MeterParts;

  constructor(stats: ConnectionStats, parts: MeterParts) {
    this.#stats = stats;
    this.#parts = parts;
  }

  /** `sinceMs`: when its request came, monotonic. */
  replied(op: number, xid: number, zxid: number, sinceMs: number): void {
    const { latency, clock } = this.#parts;
    const { nowMs } = clock;
    latency.record(op, nowMs - sinceMs);
    this.#stats.replied(op, xid, zxid, nowMs - sinceMs, nowMs);
  }
}
