/**
 * The time that a leader's entries carry, ms since 1970. It never goes back, whoever led before; and it never stands still: behind the time
 * of a former leader whose clock was ahead, it goes on at half its speed until the wall clock has caught up. So mtimes keep their order
 * and their distances make sense, a node's time to live ends (after twice as long at worst), and a small difference between two
 * members' clocks heals within twice itself.
 */
export class LogClock {
  #lastMs = 0;
  #lastMonotonicMs = 0;

  /** A term begins: `lastTimeMs` is the time of the last entry before it. */
  startTerm(lastTimeMs: number, monotonicMs: number): void {
    this.#lastMs = lastTimeMs;
    this.#lastMonotonicMs = monotonicMs;
  }

  /** A whole number, at or above any before. */
  read(wallMs: number, monotonicMs: number): number {
    const halfSpeedMs = this.#lastMs + Math.max(0, monotonicMs - this.#lastMonotonicMs) / 2;
    this.#lastMonotonicMs = monotonicMs;
    this.#lastMs = Math.max(wallMs, halfSpeedMs);
    return Math.floor(this.#lastMs);
  }
}
