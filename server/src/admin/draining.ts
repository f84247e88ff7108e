import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/**
 * Whether this member is about to stop. Somebody who is about to stop it says so first (a pod's preStop hook, an operator), and it is not ready
 * from then on; where the stop does not come, because its pod was kept after all or somebody drained more members than they stopped, it takes part
 * again after a while by itself, or at once when it is told. Otherwise a word said to every member would leave nobody ready for good.
 */
export class Draining {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #forMs: number;
  /** Monotonic; undefined: nobody announced a stop. */
  #untilMs: number | undefined;

  /** @param forMs a stop that was announced comes within so long, or not at all */
  constructor(clock: Clock, log: Logger, forMs: number) {
    this.#clock = clock;
    this.#log = log;
    this.#forMs = forMs;
  }

  get active(): boolean {
    return this.#untilMs !== undefined && this.#clock.monotonicMs() < this.#untilMs;
  }

  /** Again: it begins anew. */
  start(): void {
    this.#untilMs = this.#clock.monotonicMs() + this.#forMs;
  }

  end(): void {
    this.#untilMs = undefined;
  }

  /** Says so when it has worn off. */
  expire(): void {
    if (this.#untilMs === undefined || this.active) return;
    this.end();
    this.#log.warn({ forMs: this.#forMs }, 'drain expired: this member was not stopped and takes part again');
  }
}
