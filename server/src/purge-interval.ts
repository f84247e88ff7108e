import type { Clock } from './ports/clock.ts';

const MS_PER_HOUR = 3_600_000;

/** When old logs and snapshots may be purged: so many hours apart; the first time at once, as ZooKeeper does. */
export class PurgeInterval {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #nextMs = Number.NEGATIVE_INFINITY;

  /** @param hours 0: whenever it is asked */
  constructor(clock: Clock, hours: number) {
    this.#clock = clock;
    this.#intervalMs = hours * MS_PER_HOUR;
  }

  /** Whether it is time; then the interval begins anew. */
  startIfDue(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextMs) return false;
    this.#nextMs = nowMs + this.#intervalMs;
    return true;
  }
}
