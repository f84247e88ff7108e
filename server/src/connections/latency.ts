/** How long requests took from the socket to the reply, since the start or the last reset. */
export class Latency {
  private count = 0;
  private totalMs = 0;
  private minMs = Number.POSITIVE_INFINITY;
  private maxMs = 0;

  record(ms: number): void {
    this.count++;
    this.totalMs += ms;
    if (ms < this.minMs) this.minMs = ms;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** Forgets all of it. */
  reset(): void {
    this.count = 0;
    this.totalMs = 0;
    this.minMs = Number.POSITIVE_INFINITY;
    this.maxMs = 0;
  }

  summary(): { minMs: number; avgMs: number; maxMs: number } {
    if (this.count === 0) return { minMs: 0, avgMs: 0, maxMs: 0 };
    return { minMs: Math.round(this.minMs), avgMs: this.totalMs / this.count, maxMs: Math.round(this.maxMs) };
  }
}
