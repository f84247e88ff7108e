import type { Clock } from '../ports/clock.ts';

/** Lets one through in each interval, as ZooKeeper's does: what is refused counts for nothing. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  allow(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#lastMs + this.#intervalMs) return false;
    this.#lastMs = nowMs;
    return true;
  }
}
