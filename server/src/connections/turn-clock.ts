import type { Clock } from '../ports/clock.ts';

/** Time passes between turns, not within them: one look at the clock serves a whole batch. */
export class TurnClock {
  /** Monotonic, as of the last look. */
  nowMs = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  look(): void {
    this.nowMs = this.#clock.monotonicMs();
  }
}
